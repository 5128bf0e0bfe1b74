using Loom.Wasm.Tests.BackEnds;
using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Execution;

public sealed class LinkingTests
{
    public static TheoryData<string> BackEnds => BackEnd.Names;

    [Fact]
    public void Instances_of_two_back_ends_or_stores_do_not_share_functions()
    {
        var giver = new ModuleBuilder();
        giver.Table(ValueType.FuncRef, 1);
        giver.Global(ValueType.FuncRef, mutable: true, w => w.Op(Opcode.RefNull).Byte((int)ValueType.FuncRef));
        giver.Global(ValueType.I32, mutable: true, w => w.I32(5));
        giver.Export("f", ExternalKind.Function, giver.Function([], [], _ => { }));
        giver.Export("t", ExternalKind.Table, 0);
        giver.Export("g", ExternalKind.Global, 0);
        giver.Export("n", ExternalKind.Global, 1);
        Action<ModuleBuilder>[] refused =
        [
            m => m.ImportFunction("a", "f", [], []),
            m => m.Import("a", "t", ExternalKind.Table, w => w.Byte((int)ValueType.FuncRef).Byte(0).U32(1)),
            m => m.Import("a", "g", ExternalKind.Global, w => w.Byte((int)ValueType.FuncRef).Byte(1)),
        ];
        var numbers = new ModuleBuilder();
        numbers.Import("a", "n", ExternalKind.Global, w => w.Byte((int)ValueType.I32).Byte(1));
        numbers.Export("n", ExternalKind.Global, 0);
        foreach (var backEnd in BackEnd.All.Values)
        {
            var store = new Store();
            using var a = Make(backEnd, giver, store, Imports.None);
            var imports = new Imports().AddExports("a", a);
            foreach (var other in BackEnd.All.Values)
            {
                foreach (var import in refused)
                {
                    var taker = new ModuleBuilder();
                    import(taker);
                    if (other == backEnd) Make(other, taker, store, imports).Dispose();
                    Assert.Throws<LinkException>(() => Make(other, taker, new Store(), imports));
                    if (other != backEnd) Assert.Contains("another back end or store", Assert.Throws<LinkException>(() => Make(other, taker, store, imports)).Message, StringComparison.Ordinal);
                }

                using var counter = Make(other, numbers, store, imports);
                Assert.Equal(5, counter.Global("n")!.Value.AsI32());
            }
        }
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void What_is_not_offered_is_named(string backEnd)
    {
        var module = new ModuleBuilder();
        module.ImportFunction("wasi", "clock", [ValueType.I32], []);
        Assert.Equal("unknown import: wasi.clock (function) is not offered to this module", Assert.Throws<LinkException>(() => Make(BackEnd.All[backEnd], module, new Store(), Imports.None)).Message);

        var host = new Imports().Add("wasi", "clock", new HostFunction(new FunctionType([], []), (_, _, _) => { }));
        Assert.Equal("incompatible import type: wasi.clock is () -> (), the module wants (i32) -> ()", Assert.Throws<LinkException>(() => Make(BackEnd.All[backEnd], module, new Store(), host)).Message);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void A_module_that_starts_beyond_the_limits_is_refused(string backEnd)
    {
        var memory = new ModuleBuilder();
        memory.Memory(1025);
        Assert.Equal("the memory starts with 1025 pages, the limit is 1024", Assert.Throws<LinkException>(() => Make(BackEnd.All[backEnd], memory, new Store(), Imports.None)).Message);
        var table = new ModuleBuilder();
        table.Table(ValueType.ExternRef, 65_537);
        Assert.Equal("table 0 starts with 65537 elements, the limit is 65536", Assert.Throws<LinkException>(() => Make(BackEnd.All[backEnd], table, new Store(), Imports.None)).Message);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void A_host_function_takes_and_gives_bits(string backEnd)
    {
        var module = new ModuleBuilder();
        module.ImportFunction("h", "mix", [ValueType.I32, ValueType.F64, ValueType.I64], [ValueType.I32, ValueType.F32]);
        module.Export("f", ExternalKind.Function, module.Function([], [ValueType.I32, ValueType.F32], w => w.I32(-1).Op(Opcode.F64Const).Bits(BitConverter.DoubleToUInt64Bits(0.5), 8).I64(-2).Op(Opcode.Call, 0)));
        ulong[]? seen = null;
        var host = new Imports().Add("h", "mix", new HostFunction(new FunctionType([ValueType.I32, ValueType.F64, ValueType.I64], [ValueType.I32, ValueType.F32]), (_, arguments, results) =>
        {
            seen = arguments.ToArray();
            (results[0], results[1]) = (ulong.MaxValue, BitConverter.SingleToUInt32Bits(1.5f) | 0xdead_0000_0000_0000);
        }));
        using var instance = Make(BackEnd.All[backEnd], module, new Store { Fuel = 100 }, host);
        var outcome = instance.Call("f");

        Assert.Equal([uint.MaxValue, BitConverter.DoubleToUInt64Bits(0.5), unchecked((ulong)-2L)], seen!);
        Assert.Equal((-1, 1.5f), (outcome.Results[0].AsI32(), outcome.Results[1].AsF32()));
        Assert.Equal(uint.MaxValue, outcome.Results[0].Bits);
    }

    private static Instance Make(BackEnd backEnd, ModuleBuilder module, Store store, Imports imports) =>
        backEnd.Make(WasmModule.Load(module.Build()), new ExecutableOptions()).Instantiate(store, imports);
}
