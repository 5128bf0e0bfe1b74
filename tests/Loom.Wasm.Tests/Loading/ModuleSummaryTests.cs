using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Loading;

public sealed class ModuleSummaryTests
{
    [Fact]
    public void A_module_is_summed_up_in_lines()
    {
        var lines = ModuleSummary.Of(WasmModule.Load(RichModule.Build())).Lines().ToList();

        Assert.Contains("memory    1..3 pages of 64 KiB", lines);
        Assert.Contains("table     4..10 funcref", lines);
        Assert.Contains("table     1 or more externref", lines);
        Assert.Contains("imports   function env.log (i32) -> ()", lines);
        Assert.Contains("imports   global   env.base i32", lines);
        Assert.Contains("exports   function sum (i32) -> (i64)", lines);
        Assert.Contains("exports   global   größe mutable i32", lines);
        Assert.Contains(lines, l => l.StartsWith("section   custom 'name': ", StringComparison.Ordinal));
    }

    [Fact]
    public void Sections_cover_the_module()
    {
        var bytes = RichModule.Build();
        var sections = WasmModule.Load(bytes).Sections;

        Assert.Equal(bytes.Length, sections[^1].Offset + sections[^1].Size);
        Assert.All(sections.Zip(sections.Skip(1)), pair => Assert.True(pair.First.Offset + pair.First.Size < pair.Second.Offset));
    }

    [Fact]
    public void Functions_have_the_names_of_the_name_section()
    {
        var names = ModuleSummary.Of(WasmModule.Load(RichModule.Build())).FunctionNames;

        Assert.Equal("log", names[0]);
        Assert.Equal("sum", names[1]);
        Assert.Equal(2, names.Count);
    }

    [Theory]
    [InlineData(new byte[] { 1, 200 })]
    [InlineData(new byte[] { 1, 6, 2, 0, 1, (byte)'a', 1, 9 })]
    [InlineData(new byte[] { 1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f })]
    [InlineData(new byte[] { 0, 3, 2, 0xc0, 0x80 })]
    [InlineData(new byte[] { 9, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 })]
    public void A_damaged_name_section_is_read_as_far_as_it_goes(byte[] damaged)
    {
        var module = new ModuleBuilder();
        module.Function([], [], _ => { });
        module.Custom("name", damaged);

        var summary = ModuleSummary.Of(WasmModule.Load(module.Build()));

        Assert.Null(summary.Name);
        Assert.Equal(damaged.Contains((byte)'a') ? 1 : 0, summary.FunctionNames.Count);
    }

    [Fact]
    public void Names_do_nothing_to_a_terminal()
    {
        var module = new ModuleBuilder();
        module.Export("a\u001b[2J\u202eb\n", ExternalKind.Function, module.Function([], [], _ => { }));
        module.Export(new string('x', 5_000), ExternalKind.Function, 0);

        var lines = ModuleSummary.Of(WasmModule.Load(module.Build())).Lines().ToList();

        Assert.Contains(@"exports   function a\u{1b}[2J\u{202e}b\u{a} () -> ()", lines);
        Assert.All(lines, l => Assert.True(l.Length < 300));
    }

    [Fact]
    public void A_module_that_uses_vectors_is_refused_with_the_remedy()
    {
        var bytes = ModuleBuilder.OneFunction([], [], w => w.Byte(0xfd).U32(12).Bits(0, 8).Bits(0, 8).Op(Opcode.Drop));

        Assert.False(WasmModule.TryLoad(bytes, null, out _, out var refusal));
        Assert.Contains("SIMD", refusal.Message, StringComparison.Ordinal);
    }
}
