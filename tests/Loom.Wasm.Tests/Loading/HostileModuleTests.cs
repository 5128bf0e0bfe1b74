using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Loading;

/// <summary>Modules made to hurt: each is refused with a reason, or loads, in memory that is in proportion to its bytes.</summary>
public sealed class HostileModuleTests
{
    private static readonly byte[] Header = [.. "\0asm"u8, 1, 0, 0, 0];

    [Fact]
    public void Every_prefix_of_a_module_loads_or_is_refused()
    {
        var bytes = RichModule.Build();
        for (var length = 0; length < bytes.Length; length++) Contained(bytes[..length]);
    }

    [Fact]
    public void Every_damaged_byte_of_a_module_is_harmless()
    {
        var bytes = RichModule.Build();
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var damage in (ReadOnlySpan<byte>)[0x01, 0x02, 0x04, 0x10, 0x40, 0x7f, 0x80, 0xff])
            {
                bytes[i] ^= damage;
                if (Contained(bytes) is { } module) CodeInvariants.Check(module);
                bytes[i] ^= damage;
            }
        }
    }

    [Theory]
    [InlineData(1, "types")]
    [InlineData(2, "imports")]
    [InlineData(3, "functions")]
    [InlineData(4, "tables")]
    [InlineData(5, "memories")]
    [InlineData(6, "globals")]
    [InlineData(7, "exports")]
    [InlineData(9, "element segments")]
    [InlineData(10, "function bodies")]
    [InlineData(11, "data segments")]
    public void A_count_that_the_bytes_cannot_hold_is_refused_before_anything_is_made(int section, string what)
    {
        var refusal = Refused(new ByteWriter().Bytes(Header).Section(section, new ByteWriter().U32(uint.MaxValue).Bits(0, 8)).ToArray());

        Assert.Equal(InvalidModuleKind.Malformed, refusal.Kind);
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Locals_are_counted_before_they_are_made()
    {
        var body = new ByteWriter().U32(4);
        for (var i = 0; i < 4; i++) body.U32(25_000_000).Byte((int)ValueType.I64);
        var refusal = Refused(WithBody(body.End().ToArray()));

        Assert.Equal(InvalidModuleKind.TooLarge, refusal.Kind);
        Assert.Contains("100000000 parameters and locals, the limit is 50000", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Locals_that_pass_32_bits_are_malformed()
    {
        var body = new ByteWriter().U32(2).U32(uint.MaxValue).Byte((int)ValueType.I64).U32(1).Byte((int)ValueType.I32).End();

        Assert.Equal(InvalidModuleKind.Malformed, Refused(WithBody(body.ToArray())).Kind);
    }

    [Fact]
    public void As_many_locals_as_are_allowed_load()
    {
        var module = WasmModule.Load(WithBody(new ByteWriter().U32(1).U32(50_000).Byte((int)ValueType.I64).End().ToArray()));

        Assert.Equal(50_000, module.Code(0).Locals.Length);
    }

    [Theory]
    [InlineData(Structure.Block)]
    [InlineData(Structure.Loop)]
    public void Blocks_may_not_be_nested_without_end(int structure)
    {
        var refusal = Refused(Nested(100_000, w => w.Byte(structure).Byte(CodeWriterExtensions.Empty), w => w.End()));

        Assert.Equal(InvalidModuleKind.TooLarge, refusal.Kind);
        Assert.Contains("4096 blocks", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_ifs_with_elses_load_up_to_the_limit()
    {
        var bytes = Nested(4_095, w => w.I32(1).If(), w => w.Else().End());

        CodeInvariants.Check(WasmModule.Load(bytes));
        Assert.Equal(InvalidModuleKind.TooLarge, Refused(Nested(50_000, w => w.I32(1).If(), w => w.Else().End())).Kind);
    }

    [Fact]
    public void A_giant_br_table_is_refused_and_a_large_one_loads()
    {
        var large = ModuleBuilder.OneFunction([ValueType.I32], [], w => w.Op(Opcode.LocalGet, 0).BrTable(new int[65_521]));
        var giant = ModuleBuilder.OneFunction([ValueType.I32], [], w => w.Op(Opcode.LocalGet, 0).BrTable(new int[65_522]));
        var claimed = ModuleBuilder.OneFunction([ValueType.I32], [], w => w.Op(Opcode.LocalGet, 0).Op(Opcode.BrTable).U32(uint.MaxValue));

        Assert.Equal(65_521, WasmModule.Load(large).Code(0).BranchTargets.Length);
        Assert.Equal(InvalidModuleKind.TooLarge, Refused(giant).Kind);
        Assert.Equal(InvalidModuleKind.Malformed, Refused(claimed).Kind);
    }

    [Fact]
    public void The_operand_stack_has_a_limit()
    {
        var module = new ModuleBuilder();
        var many = Enumerable.Repeat(ValueType.I64, 1_000).ToArray();
        module.ImportFunction("env", "many", [], many);
        module.Function([], [], w =>
        {
            for (var i = 0; i < 17; i++) w.Op(Opcode.Call, 0);
            w.Op(Opcode.Unreachable);
        });

        var refusal = Refused(module.Build());
        Assert.Equal(InvalidModuleKind.TooLarge, refusal.Kind);
        Assert.Contains("operands", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wide_calls_and_branches_cost_little()
    {
        var module = new ModuleBuilder();
        var many = Enumerable.Range(0, 1_000).Select(i => i % 2 == 0 ? ValueType.I64 : ValueType.F32).ToArray();
        module.ImportFunction("env", "many", many, many);
        module.Function(many, many, w =>
        {
            for (var i = 0; i < 1_000; i++) w.Op(Opcode.LocalGet, i);
            for (var i = 0; i < 50_000; i++) w.Op(Opcode.Call, 0).Byte(Structure.Block).Signed(0).End();
        });

        Assert.NotNull(Contained(module.Build()));
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 }, "too long")]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0x1f }, "too large")]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, "too long")]
    public void Numbers_that_do_not_end_are_refused(byte[] number, string reason) =>
        Assert.Contains(reason, Refused([.. Header, 1, .. number]).Message, StringComparison.Ordinal);

    [Fact]
    public void A_module_over_the_limit_is_refused_unseen()
    {
        var bytes = new byte[9 * 1024 * 1024];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Refused(bytes, measure: false);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 65_536);
        Assert.Equal(InvalidModuleKind.TooLarge, refusal.Kind);
    }

    [Fact]
    public void Memories_and_tables_may_not_start_huge()
    {
        var memory = new ModuleBuilder();
        memory.Memory(65_536);
        var table = new ModuleBuilder();
        table.Table(ValueType.FuncRef, uint.MaxValue);

        Assert.Equal(InvalidModuleKind.TooLarge, Refused(memory.Build()).Kind);
        Assert.Equal(InvalidModuleKind.TooLarge, Refused(table.Build()).Kind);
    }

    [Fact]
    public void Every_limit_refuses_by_name()
    {
        var bytes = RichModule.Build();
        var tight = ModuleLimits.Default;
        (ModuleLimits Limits, string Words)[] cases =
        [
            (tight with { Types = 1 }, "types"), (tight with { Functions = 2 }, "functions"), (tight with { Imports = 1 }, "imports"),
            (tight with { Exports = 1 }, "exports"), (tight with { Globals = 1 }, "globals"), (tight with { Tables = 1 }, "tables"),
            (tight with { MemoryPages = 0 }, "pages"), (tight with { TableElements = 3 }, "elements"), (tight with { Segments = 1 }, "segments"),
            (tight with { SegmentElements = 1 }, "elements"), (tight with { Locals = 1 }, "locals"), (tight with { BodyBytes = 8 }, "bytes"),
            (tight with { BranchTargets = 1 }, "br_table"), (tight with { OperandHeight = 2 }, "operands"), (tight with { Nesting = 1 }, "blocks"),
            (tight with { NameBytes = 3 }, "name"), (tight with { CustomSections = 0 }, "custom sections"), (tight with { Bytes = 100 }, "bytes"),
            (tight with { Parameters = 0 }, "parameters"), (tight with { Results = 0 }, "results"),
        ];
        foreach (var (limits, words) in cases)
        {
            Assert.False(WasmModule.TryLoad(bytes, limits, out _, out var refusal), words);
            Assert.Equal(InvalidModuleKind.TooLarge, refusal.Kind);
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Nested(int depth, Action<ByteWriter> open, Action<ByteWriter> close) => ModuleBuilder.OneFunction([], [], w =>
    {
        for (var i = 0; i < depth; i++) open(w);
        for (var i = 0; i < depth; i++) close(w);
    });

    private static byte[] WithBody(byte[] body)
    {
        var module = new ModuleBuilder();
        module.Declare([], []);
        module.Body(body);
        return module.Build();
    }

    private static ModuleRefusal Refused(byte[] bytes, bool measure = true)
    {
        if (measure) Assert.Null(Contained(bytes));
        Assert.False(WasmModule.TryLoad(bytes, null, out _, out var refusal));
        return refusal;
    }

    /// <summary>Loads what may be anything: only refusals come out, and little memory goes in.</summary>
    private static WasmModule? Contained(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        WasmModule.TryLoad(bytes, null, out var module, out _);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 400_000 + (64L * bytes.Length), $"{allocated} bytes for a module of {bytes.Length}");
        return module;
    }
}
