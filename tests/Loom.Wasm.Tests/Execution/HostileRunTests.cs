using Loom.Wasm.Tests.BackEnds;
using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Execution;

/// <summary>Modules that load and then do their worst: each is cut off by a limit, with the same trap and the same fuel on every back end.</summary>
public sealed class HostileRunTests
{
    private const ValueType I = ValueType.I32;

    public static TheoryData<string> BackEnds => BackEnd.Names;

    [Fact]
    public void An_endless_loop_ends_with_the_fuel() =>
        Same(TrapKind.FuelExhausted, 1_000_000, ModuleBuilder.OneFunction([], [], w => w.Loop().Op(Opcode.Br, 0).End()));

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task An_endless_loop_without_fuel_ends_when_it_is_interrupted(string backEnd)
    {
        var store = new Store();
        using var instance = Make(backEnd, ModuleBuilder.OneFunction([], [], w => w.Loop().Op(Opcode.Br, 0).End()), store, countFuel: false);
        var run = Task.Run(() => instance.Call("f"));
        store.Interrupt();

        Assert.Equal(TrapKind.Interrupted, (await run).Trap!.Kind);
        Assert.Equal(TrapKind.Interrupted, instance.Call("f").Trap!.Kind);
    }

    [Fact]
    public void Growing_a_memory_stops_at_the_limit_of_the_host()
    {
        // Grows by 7 pages until that fails, then gives the size.
        var module = WithMemory(w => w.Loop().I32(7).Op(Opcode.MemoryGrow).Byte(0).I32(-1).Op(Opcode.I32Ne).Op(Opcode.BrIf, 0).End().Op(Opcode.MemorySize).Byte(0));
        Assert.All(Runs(module, 10_000_000), r => Assert.Equal(1 + (7 * 146), Assert.Single(r.Outcome.Results).AsI32()));
        Same(TrapKind.FuelExhausted, 100_000, module);
    }

    [Fact]
    public void Pages_that_a_memory_does_not_get_cost_nothing()
    {
        var module = WithMemory(w => w.I32(-1).Op(Opcode.MemoryGrow).Byte(0));
        Assert.All(Runs(module, 100), r => Assert.Equal((-1, 97L), (r.Outcome.Results[0].AsI32(), r.Fuel)));
    }

    [Fact]
    public void Filling_a_memory_again_and_again_is_paid_by_the_byte() => Same(TrapKind.FuelExhausted, 10_000_000, WithMemory(w => w
        .I32(1023).Op(Opcode.MemoryGrow).Byte(0).Op(Opcode.Drop)
        .Loop().I32(0).I32(1).I32(64 * 1024 * 1024).Op(Opcode.MemoryFill).Byte(0).Op(Opcode.Br, 0).End().I32(0)));

    [Fact]
    public void A_table_that_grows_one_by_one_is_paid_for_what_is_copied()
    {
        var module = new ModuleBuilder();
        module.Table(ValueType.ExternRef, 0);
        module.Export("f", ExternalKind.Function, module.Function([], [I], w => w
            .Loop().Op(Opcode.RefNull).Byte((int)ValueType.ExternRef).I32(1).Op(Opcode.TableGrow, 0).I32(-1).Op(Opcode.I32Ne).Op(Opcode.BrIf, 0).End().Op(Opcode.TableSize, 0)));
        var bytes = module.Build();
        Same(TrapKind.FuelExhausted, 10_000_000, bytes);

        // n growths cost n * (n - 1) / 2 for what is moved.
        var store = new Store { Fuel = 1_000_000 };
        using var instance = Make("interpreter", bytes, store);
        instance.Call("f");
        Assert.InRange(instance.Tables[0].Count, 1_400, 1_414);
    }

    [Fact]
    public void A_giant_br_table_is_only_large()
    {
        var module = ModuleBuilder.OneFunction([], [I], w =>
        {
            for (var i = 0; i < 300; i++) w.Block();
            w.I32(65_000).BrTable([.. Enumerable.Range(0, 65_520).Select(i => i % 299), 299]).End();
            for (var i = 1; i < 300; i++) w.I32(i).Op(Opcode.Return).End();
            w.I32(300);
        });
        Assert.All(Runs(module, 1000), r => Assert.Equal((65_000 % 299) + 1, r.Outcome.Results[0].AsI32()));
    }

    [Fact]
    public void Calling_a_function_with_many_locals_is_paid_for_clearing_them()
    {
        var module = new ModuleBuilder();
        var heavy = module.Declare([], []);
        var loop = module.Declare([], []);
        var body = new ByteWriter().U32(1).U32(40_000).Byte((int)ValueType.I64);
        module.Body(body.I32(0).Op(Opcode.LocalGet, 39_999).Op(Opcode.Drop).Op(Opcode.Drop).End().ToArray());
        module.Define(w => w.Loop().Op(Opcode.Call, heavy).Op(Opcode.Br, 0).End());
        module.Export("f", ExternalKind.Function, loop);
        module.Export("g", ExternalKind.Function, heavy);
        var bytes = module.Build();
        Same(TrapKind.FuelExhausted, 25_000_000, bytes);

        var store = new Store { Fuel = 10_000 };
        using var instance = Make("interpreter", bytes, store);
        Assert.Null(instance.Call("g").Trap);
        Assert.Equal(10_000 - 2_500 - 5, store.Fuel);
    }

    [Fact]
    public void A_deep_operand_stack_is_only_deep()
    {
        var module = ModuleBuilder.OneFunction([], [I], w =>
        {
            for (var i = 0; i < 16_000; i++) w.I32(i);
            for (var i = 1; i < 16_000; i++) w.Op(Opcode.I32Add);
        });
        Assert.All(Runs(module, 100_000), r => Assert.Equal(16_000 * 15_999 / 2, r.Outcome.Results[0].AsI32()));
    }

    [Fact]
    public void A_start_function_that_does_not_end_is_ended()
    {
        var module = new ModuleBuilder { Start = 0 };
        module.Function([], [], w => w.Loop().Op(Opcode.Br, 0).End());
        foreach (var backEnd in BackEnd.All.Keys)
        {
            var failed = Assert.Throws<InstantiationException>(() => Make(backEnd, module.Build(), new Store { Fuel = 1000 }));
            Assert.Equal(TrapKind.FuelExhausted, failed.Trap.Kind);
        }
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void The_memory_of_instances_is_given_back(string backEnd)
    {
        // 32 MiB each, all of it written: 40 that were kept would be 1.25 GiB.
        var executable = BackEnd.All[backEnd].Make(
            WasmModule.Load(WithMemory(w => w
                .I32(511).Op(Opcode.MemoryGrow).Byte(0).Op(Opcode.Drop)
                .I32(0).I32(1).I32(32 * 1024 * 1024).Op(Opcode.MemoryFill).Byte(0).Op(Opcode.Unreachable))),
            new ExecutableOptions());
        var before = Environment.WorkingSet;
        for (var i = 0; i < 40; i++)
        {
            using var instance = executable.Instantiate(new Store { Fuel = 10_000_000 }, Imports.None);
            Assert.Equal(TrapKind.Unreachable, instance.Call("f").Trap!.Kind);
            instance.Dispose();
            Assert.Equal(0, instance.LinearMemory!.Pages);
        }

        Assert.True(Environment.WorkingSet - before < 700L << 20, "the memory of instances that were disposed of is still there");
    }

    private static byte[] WithMemory(Action<ByteWriter> code)
    {
        var module = new ModuleBuilder();
        module.Memory(1);
        module.Export("f", ExternalKind.Function, module.Function([], [I], code));
        return module.Build();
    }

    private static Instance Make(string backEnd, byte[] module, Store store, bool countFuel = true) =>
        BackEnd.All[backEnd].Make(WasmModule.Load(module), new ExecutableOptions { CountFuel = countFuel }).Instantiate(store, Imports.None);

    /// <summary>Calls <c>f</c> on every back end.</summary>
    private static List<(Outcome Outcome, long Fuel)> Runs(byte[] module, long fuel)
    {
        var runs = new List<(Outcome Outcome, long Fuel)>();
        foreach (var backEnd in BackEnd.All.Keys)
        {
            var store = new Store { Fuel = fuel };
            using var instance = Make(backEnd, module, store);
            runs.Add((instance.Call("f"), store.FuelLeft));
        }

        Assert.All(runs, r => Assert.Equal((runs[0].Outcome.Trap, runs[0].Fuel), (r.Outcome.Trap, r.Fuel)));
        return runs;
    }

    private static List<(Outcome Outcome, long Fuel)> Same(TrapKind kind, long fuel, byte[] module)
    {
        var runs = Runs(module, fuel);
        Assert.All(runs, r => Assert.Equal(kind, r.Outcome.Trap?.Kind));
        return runs;
    }
}
