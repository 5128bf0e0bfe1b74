using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Machines;

public sealed class MachineRulesTests
{
    private const ValueType I = ValueType.I32;

    [Fact]
    public void A_machine_is_no_mistake() => Assert.Null(MachineRules.Check(WasmModule.Load(MachineBuilder.Echo()), ExecutionLimits.Default));

    [Fact]
    public void What_machines_are_not_given_is_refused_by_name()
    {
        var refusal = Refused(MachineRefusalKind.UnknownImport, m => m.ImportFunction("wasi_snapshot_preview1", "clock_time_get", [], [I]));
        Assert.Contains("wasi_snapshot_preview1.clock_time_get", refusal.Message, StringComparison.Ordinal);
        Refused(MachineRefusalKind.UnknownImport, m => m.Import("loom", "input_size", ExternalKind.Global, w => w.Byte((int)I).Byte(0)));
        Refused(MachineRefusalKind.UnknownImport, m => m.Import("env", "memory", ExternalKind.Memory, w => w.Byte(0).U32(1)), memory: false);
        Refused(MachineRefusalKind.ImportType, m => m.ImportFunction("loom", "input_size", [], [ValueType.I64]));
    }

    [Fact]
    public void A_machine_has_an_entry_and_a_memory()
    {
        Refused(MachineRefusalKind.NoEntry, _ => { }, entry: false);
        Refused(MachineRefusalKind.NoEntry, m => m.Export("loom_main", ExternalKind.Function, m.Function([I], [], _ => { })), entry: false);
        Refused(MachineRefusalKind.NoMemory, _ => { }, memory: false);
    }

    [Fact]
    public void A_machine_keeps_the_limits()
    {
        Refused(MachineRefusalKind.MemoryTooLarge, m => m.Memory(1, 1025), memory: null);
        Refused(MachineRefusalKind.MemoryTooLarge, m => m.Memory(1025), memory: null);
        Refused(MachineRefusalKind.TableTooLarge, m => m.Table(ValueType.FuncRef, 65_537));
        Refused(MachineRefusalKind.SegmentOutOfBounds, m => m.Data(65_530, new byte[7]));
        Refused(MachineRefusalKind.SegmentOutOfBounds, m => m.Data(-1, new byte[1]));
        Refused(MachineRefusalKind.SegmentOutOfBounds, m =>
        {
            m.Table(ValueType.FuncRef, 1);
            m.Elements(1, 0);
        });
    }

    [Fact]
    public void Making_a_machine_of_what_is_none_says_why()
    {
        var module = WasmModule.Load(ModuleBuilder.OneFunction([], [], _ => { }));
        var refused = Assert.Throws<MachineRefusedException>(() => MachineModule.Make(InterpretedModule.Make(module, new ExecutableOptions())));
        Assert.Equal(MachineRefusalKind.NoEntry, refused.Refusal.Kind);
    }

    /// <summary>A machine but for one thing; <paramref name="memory"/> null exports the one that <paramref name="change"/> makes.</summary>
    private static MachineRefusal Refused(MachineRefusalKind kind, Action<ModuleBuilder> change, bool entry = true, bool? memory = true)
    {
        var module = new ModuleBuilder();
        change(module);
        if (memory == true) module.Memory(1);
        if (memory != false) module.Export("memory", ExternalKind.Memory, 0);
        if (entry) module.Export("loom_main", ExternalKind.Function, module.Function([], [], _ => { }));
        var refusal = MachineRules.Check(WasmModule.Load(module.Build()), ExecutionLimits.Default);
        Assert.Equal(kind, refusal?.Kind);
        return refusal!;
    }
}
