using System.Security.Cryptography;
using Loom.Testing;
using Loom.Wasm.Tests.BackEnds;
using Loom.Wasm.Tests.Building;
using static Loom.Wasm.Tests.Machines.MachineBuilder;

namespace Loom.Wasm.Tests.Machines;

public sealed class MachineModuleTests
{
    public static TheoryData<string> BackEnds => BackEnd.Names;

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void What_a_machine_reads_it_can_give_back(string backEnd)
    {
        var machine = Make(backEnd, Echo());
        foreach (var input in (byte[][])[[], [1], [.. Enumerable.Range(0, 1000).Select(i => (byte)i)]])
        {
            var run = machine.Run(input);
            Assert.Equal(0, run.ExitCode);
            Assert.Null(run.Trap);
            Assert.Equal(input, run.Output.ToArray());
            Assert.Equal(8 + (2 * (input.Length / 64)), run.FuelUsed); // instructions, and copies by length
        }
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Every_call_has_an_instance_of_its_own(string backEnd)
    {
        var module = Start();
        module.Global(ValueType.I32, mutable: true, w => w.I32(0));
        module.Export("loom_main", ExternalKind.Function, module.Function([], [], w => w
            .Op(Opcode.GlobalGet, 0).I32(1).Op(Opcode.I32Add).Op(Opcode.GlobalSet, 0)
            .I32(8).I32(8).Op(Opcode.I32Load, 2, 0).I32(1).Op(Opcode.I32Add).Op(Opcode.I32Store, 2, 0)
            .I32(12).Op(Opcode.GlobalGet, 0).Op(Opcode.I32Store, 2, 0)
            .I32(8).I32(8).Op(Opcode.Call, Output)));
        var machine = Make(backEnd, module.Build());

        for (var i = 0; i < 3; i++) Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0], machine.Run([]).Output.ToArray());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void The_last_output_wins_and_is_read_at_the_end(string backEnd)
    {
        var run = Run(backEnd, w => w
            .I32(0).I32(5).Op(Opcode.Call, Output)
            .I32(16).I32(1).Op(Opcode.Call, Output)
            .I32(16).I32(77).Op(Opcode.I32Store8, 0, 0));

        Assert.Equal([77], run.Output.ToArray());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void A_hash_is_that_of_the_bytes_also_where_they_are_overwritten(string backEnd)
    {
        var run = Run(
            backEnd,
            w => w.I32(0).I32(0).Op(Opcode.Call, InputSize).Op(Opcode.Call, InputRead)
                .I32(0).I32(3).I32(1).Op(Opcode.Call, Sha256)
                .I32(1).I32(32).Op(Opcode.Call, Output),
            "abc"u8);

        Assert.Equal(SHA256.HashData("abc"u8), run.Output.ToArray());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Hashing_is_charged_by_length(string backEnd)
    {
        static Action<ByteWriter> Hash(int length) => w => w.I32(0).I32(length).I32(0).Op(Opcode.Call, Sha256);

        Assert.Equal(1000, Run(backEnd, Hash(1000)).FuelUsed - Run(backEnd, Hash(0)).FuelUsed);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Ranges_beyond_the_end_trap_and_change_nothing(string backEnd)
    {
        // Destination, offset, length against an input of 4 bytes and a memory of 65,536.
        (uint To, uint From, uint Length, bool Fits)[] reads =
        [
            (65_532, 0, 4, true), (65_533, 0, 4, false), (0, 1, 4, false), (0, 4, 0, true), (0, 5, 0, false), (65_536, 0, 0, true), (65_537, 0, 0, false),
            (0, uint.MaxValue, 1, false), (uint.MaxValue, 0, 4, false), (0, 0, uint.MaxValue, false), (uint.MaxValue, uint.MaxValue, uint.MaxValue, false),
        ];
        foreach (var (to, from, length, fits) in reads)
        {
            Assert.Equal(fits ? 0 : 6, Run(backEnd, w => w.I32((int)to).I32((int)from).I32((int)length).Op(Opcode.Call, InputRead), [1, 2, 3, 4]).ExitCode);
        }

        (uint From, uint Length, bool Fits)[] outputs = [(65_536, 0, true), (65_537, 0, false), (0, 65_536, true), (1, 65_536, false), (uint.MaxValue, uint.MaxValue, false)];
        foreach (var (from, length, fits) in outputs)
        {
            Assert.Equal(fits ? 0 : 6, Run(backEnd, w => w.I32((int)from).I32((int)length).Op(Opcode.Call, Output)).ExitCode);
        }

        (uint From, uint Length, uint To, bool Fits)[] hashes = [(0, 65_536, 65_504, true), (0, 1, 65_505, false), (65_536, 1, 0, false), (0, 1, uint.MaxValue, false)];
        foreach (var (from, length, to, fits) in hashes)
        {
            Assert.Equal(fits ? 0 : 6, Run(backEnd, w => w.I32((int)from).I32((int)length).I32((int)to).Op(Opcode.Call, Sha256)).ExitCode);
        }
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void An_abort_carries_its_code(string backEnd)
    {
        var run = Run(backEnd, w => w.I32(0).I32(4).Op(Opcode.Call, Output).I32(0x1_0007).Op(Opcode.Call, Abort));

        Assert.Equal(0x1_0007, run.ExitCode);
        Assert.Equal(TrapKind.Abort, run.Trap!.Kind);
        Assert.True(run.Output.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void An_abort_of_AssemblyScript_tells_its_message(string backEnd)
    {
        var module = Start();
        module.Data(4, [6, 0, 0, 0, (byte)'b', 0, (byte)'a', 0, (byte)'d', 0]);
        module.Export("loom_main", ExternalKind.Function, module.Function([], [], w => w.I32(8).I32(-1).I32(3).I32(9).Op(Opcode.Call, ScriptAbort)));
        var run = Make(backEnd, module.Build()).Run([]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("the machine aborted: bad (?:3:9)", run.Trap!.Message);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Traps_have_the_exit_codes_of_the_interface(string backEnd)
    {
        Assert.Equal(2, Run(backEnd, w => w.Op(Opcode.Unreachable)).ExitCode);
        Assert.Equal(3, Run(backEnd, w => w.I32(1).I32(0).Op(Opcode.I32DivU).Op(Opcode.Drop)).ExitCode);
        Assert.Equal(4, Run(backEnd, w => w.I64(long.MinValue).I64(-1).Op(Opcode.I64DivS).Op(Opcode.Drop)).ExitCode);
        Assert.Equal(6, Run(backEnd, w => w.I32(65_533).Op(Opcode.I32Load, 2, 0).Op(Opcode.Drop)).ExitCode);

        var module = Start();
        module.Table(ValueType.FuncRef, 2);
        module.Elements(0, MachineBuilder.InputSize);
        var type = module.Type([], []);
        module.Export("loom_main", ExternalKind.Function, module.Function([], [], w => w
            .Op(Opcode.Call, InputSize).Op(Opcode.CallIndirect, type, 0)));
        var machine = Make(backEnd, module.Build());
        foreach (var (input, kind) in new[] { (0, TrapKind.IndirectCallType), (1, TrapKind.UninitializedElement), (2, TrapKind.UndefinedElement) })
        {
            var run = machine.Run(new byte[input]);
            Assert.Equal((5, kind), (run.ExitCode, run.Trap!.Kind));
        }
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void A_limit_is_no_exit_code(string backEnd)
    {
        var machine = Make(backEnd, Machine(w => w.Loop().Op(Opcode.Br, 0).End()));
        var run = machine.Run([], fuel: 1000);

        Assert.Null(run.ExitCode);
        Assert.Equal(TrapKind.FuelExhausted, run.Trap!.Kind);
        Assert.Equal(1000, run.FuelUsed);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_run_ends_when_it_is_cancelled(string backEnd)
    {
        var machine = Make(backEnd, Machine(w => w.Loop().Op(Opcode.Br, 0).End()), options: new ExecutableOptions { CountFuel = false });
        using var before = new CancellationTokenSource();
        await before.CancelAsync();
        Assert.Equal(TrapKind.Interrupted, machine.Run([], before.Token).Trap!.Kind);

        using var during = new CancellationTokenSource();
        var run = Task.Run(() => machine.Run([], during.Token));
        await during.CancelAsync();
        Assert.Equal(TrapKind.Interrupted, (await run).Trap!.Kind);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_run_ends_when_its_time_is_over(string backEnd)
    {
        var time = new ManualTime();
        var executable = BackEnd.All[backEnd].Make(WasmModule.Load(Machine(w => w.Loop().Op(Opcode.Br, 0).End())), new ExecutableOptions { CountFuel = false });
        var machine = MachineModule.Make(executable, new MachineLimits { WallClock = TimeSpan.FromSeconds(5) }, time);
        var run = Task.Run(() => machine.Run([]));
        while (time.NextTimer is null) await Task.Yield();
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TrapKind.Interrupted, (await run).Trap!.Kind);
        Assert.Null(time.NextTimer);
    }
}
