using Loom.Wasm.Tests.BackEnds;
using Loom.Wasm.Tests.Building;
using Loom.Wasm.Tests.Machines;

namespace Loom.Wasm.Tests.Execution;

/// <summary>No guest gets to the end of the thread's stack, whatever its frames are like: that would end the process.</summary>
public sealed class StackTests
{
    private const ValueType I = ValueType.I32;

    public static TheoryData<string> BackEnds => BackEnd.Names;

    /// <summary>Modules whose function <c>f</c> calls itself for ever, each with another kind of frame.</summary>
    private static Dictionary<string, byte[]> Bombs => new()
    {
        ["plain"] = Bomb([], (w, f) => w.Op(Opcode.Call, f)),
        ["work after the call"] = Bomb([I], (w, f) => w.Op(Opcode.LocalGet, 0).Op(Opcode.Call, f).Op(Opcode.LocalGet, 0).I32(1).Op(Opcode.I32Add).Op(Opcode.LocalSet, 0)),
        ["100 locals that live across the call"] = Bomb([.. Enumerable.Repeat(ValueType.I64, 100)], (w, f) =>
        {
            for (var i = 0; i < 100; i++) w.Op(Opcode.LocalGet, i).I64(i).Op(Opcode.I64Add);
            w.Op(Opcode.Call, f);
            for (var i = 0; i < 100; i++) w.Op(Opcode.LocalGet, i).Op(Opcode.GlobalSet, 0);
        }),
        ["large frames for conversions"] = Bomb([], (w, f) =>
        {
            w.Op(Opcode.Call, f);
            for (var i = 0; i < 700; i++) w.Op(Opcode.F32Const).F32(i).Op(Opcode.LocalTee, 0).Op(Opcode.I64TruncF32U).Op(Opcode.GlobalSet, 0);
        }, ValueType.F32),
        ["huge frames for indirect calls"] = Bomb([], (w, f) =>
        {
            w.Op(Opcode.Call, f);
            for (var i = 0; i < 3_000; i++) w.I32(0).Op(Opcode.CallIndirect, 0, 0);
        }),
        ["results that nobody takes"] = Leaving((w, many) => w.Op(Opcode.GlobalGet, 0).Op(Opcode.I32WrapI64).If().Op(Opcode.Call, many).Op(Opcode.Return).End()),
        ["through a table"] = Bomb([], (w, _) => w.I32(0).Op(Opcode.CallIndirect, 0, 0)),
    };

    public static TheoryData<string> BombNames => [.. Bombs.Keys];

    [Theory]
    [MemberData(nameof(BombNames))]
    public void A_recursion_bomb_is_ended_with_the_budget(string name)
    {
        var module = WasmModule.Load(Bombs[name]);
        var runs = BackEnd.All.Values.Select(b => GuestThread.Run(ExecutionLimits.Default, () => Run(b, module, new Store { Fuel = 100_000_000 }))).ToList();

        Assert.All(runs, r => Assert.Equal(TrapKind.StackExhausted, r.Trap));
        Assert.All(runs, r => Assert.Equal(runs[0], r));
    }

    [Theory]
    [MemberData(nameof(BombNames))]
    public void A_recursion_bomb_does_not_reach_the_end_of_a_small_stack(string name)
    {
        var module = WasmModule.Load(Bombs[name]);
        foreach (var backEnd in BackEnd.All.Values)
        {
            var trap = OnThread(512 * 1024, () => Run(backEnd, module, new Store { Fuel = 100_000_000 })).Trap;
            Assert.True(trap is TrapKind.StackExhausted or TrapKind.HostStack, $"{backEnd.Name}: {trap}");
        }
    }

    [Theory]
    [MemberData(nameof(BombNames))]
    public void A_larger_budget_has_room_on_a_thread_of_its_own(string name)
    {
        var module = WasmModule.Load(Bombs[name]);
        var limits = new ExecutionLimits { StackSlots = 1_000_000 };
        var runs = BackEnd.All.Values.Select(b => GuestThread.Run(limits, () => Run(b, module, new Store(limits) { Fuel = 1_000_000_000 }))).ToList();

        Assert.All(runs, r => Assert.Equal(TrapKind.StackExhausted, r.Trap));
        Assert.All(runs, r => Assert.Equal(runs[0], r));
    }

    [Fact]
    public void A_machine_ends_the_same_way_on_every_thread()
    {
        var module = MachineBuilder.Start();
        var main = module.Functions;
        module.Export("loom_main", ExternalKind.Function, module.Function([], [], w =>
        {
            w.Op(Opcode.Call, main);
            for (var i = 0; i < 500; i++) w.Op(Opcode.Call, MachineBuilder.InputSize).Op(Opcode.Drop);
        }));
        var runs = BackEnd.All.Keys.SelectMany(b =>
        {
            var machine = MachineBuilder.Make(b, module.Build());
            return new[] { OnThread(512 * 1024, () => machine.Run([])), OnThread(16 * 1024 * 1024, () => machine.Run([])) };
        }).ToList();

        Assert.All(runs, r => Assert.Equal((TrapKind.StackExhausted, runs[0].FuelUsed), (r.Trap!.Kind, r.FuelUsed)));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Two_modules_that_call_each_other_share_one_budget(string backEnd)
    {
        // The second module calls what the first one's table holds: itself.
        var first = new ModuleBuilder();
        first.Table(ValueType.FuncRef, 1);
        first.Export("t", ExternalKind.Table, 0);
        first.Export("f", ExternalKind.Function, first.Function([], [], w => w.I32(0).Op(Opcode.CallIndirect, 0, 0)));
        var second = new ModuleBuilder();
        second.ImportFunction("a", "f", [], []);
        second.Import("a", "t", ExternalKind.Table, w => w.Byte((int)ValueType.FuncRef).Byte(0).U32(1));
        second.Elements(0, second.Function([], [], w => w.Op(Opcode.Call, 0)));
        var store = new Store { Fuel = 1_000_000 };
        var make = BackEnd.All[backEnd].Make;
        using var a = make(WasmModule.Load(first.Build()), new ExecutableOptions()).Instantiate(store, Imports.None);
        using var b = make(WasmModule.Load(second.Build()), new ExecutableOptions()).Instantiate(store, new Imports().AddExports("a", a));

        Assert.Equal(TrapKind.StackExhausted, a.Call("f").Trap!.Kind);

        // Each of the two takes 17 slots (16 and its operand), the second one 16, a call of each 3 and 2 units.
        var pairs = 65_536 / (17 + 16);
        Assert.InRange(1_000_000 - store.Fuel, pairs * 5 - 5, pairs * 5 + 5);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void A_host_function_that_calls_back_does_not_get_a_new_stack(string backEnd)
    {
        var module = new ModuleBuilder();
        module.ImportFunction("host", "again", [], []);
        module.Export("f", ExternalKind.Function, module.Function([], [], w => w.Op(Opcode.Call, 0)));
        var depth = 0;
        var imports = new Imports().Add("host", "again", new HostFunction(new FunctionType([], []), (caller, _, _) =>
        {
            depth++;
            if (caller.Call("f").Trap is { } trap) throw new HostTrapException(trap);
        }));
        var executable = BackEnd.All[backEnd].Make(WasmModule.Load(module.Build()), new ExecutableOptions());
        var store = new Store { Fuel = 1_000_000 };
        using var instance = executable.Instantiate(store, imports);

        Assert.Equal(TrapKind.StackExhausted, instance.Call("f").Trap!.Kind);
        Assert.InRange(depth, 100, 128);
        Assert.Equal((65_536, 0), (store.StackLeft, store.Depth));
    }

    private static (TrapKind? Trap, long Fuel) Run(BackEnd backEnd, WasmModule module, Store store)
    {
        using var instance = backEnd.Make(module, new ExecutableOptions()).Instantiate(store, Imports.None);
        var f = instance.Function("f")!;
        return (instance.Call(f, [.. f.Type.Parameters.ToArray().Select(Value.Zero)]).Trap?.Kind, store.Fuel);
    }

    private static T OnThread<T>(int stack, Func<T> work)
    {
        T? result = default;
        Exception? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception e)
                {
                    thrown = e;
                }
            },
            stack);
        thread.Start();
        thread.Join();
        return thrown is null ? result! : throw new InvalidOperationException("The work on the thread failed.", thrown);
    }

    /// <summary>Calls itself, then does something with 60 results 200 times.</summary>
    private static byte[] Leaving(Action<ByteWriter, int> code)
    {
        var module = new ModuleBuilder();
        module.Global(ValueType.I64, mutable: true, w => w.I64(0));
        var many = module.Function([], [.. Enumerable.Repeat(ValueType.I64, 60)], w =>
        {
            for (var i = 0; i < 60; i++) w.I64(i);
        });
        var f = module.Functions;
        module.Function([], [], w =>
        {
            w.Op(Opcode.Call, f);
            for (var i = 0; i < 200; i++) code(w, many);
        });
        module.Export("f", ExternalKind.Function, f);
        return module.Build();
    }

    private static byte[] Bomb(ValueType[] parameters, Action<ByteWriter, int> code, params ValueType[] locals)
    {
        var module = new ModuleBuilder();
        module.Type([], []);
        module.Table(ValueType.FuncRef, 1);
        module.Global(ValueType.I64, mutable: true, w => w.I64(0));
        var f = module.Functions;
        module.Function(parameters, [], w => code(w, f), locals);
        if (parameters.Length == 0) module.Elements(0, f);
        module.Export("f", ExternalKind.Function, f);
        return module.Build();
    }
}
