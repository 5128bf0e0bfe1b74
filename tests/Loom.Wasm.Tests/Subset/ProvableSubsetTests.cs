using static Loom.Wasm.Tests.Subset.TinyModule;

namespace Loom.Wasm.Tests.Subset;

/// <summary>One module per rule that breaks it, and one beside it that just does not.</summary>
public sealed class ProvableSubsetTests
{
    private const byte Function = 0;
    private const byte Call = 0x10;
    private const byte Drop = 0x1a;

    private static readonly byte[] FloatCode = [0x44, 0, 0, 0, 0, 0, 0, 0, 0, Drop]; // f64.const 0, drop

    [Fact]
    public void Integers_with_the_imports_of_machines_can_be_proven()
    {
        var module = new TinyModule()
            .Type([], []).Type([], [I32]).Type([I32, I32, I32], []).Type([I32, I32], []).Type([I32], []).Type([I32, I32, I32, I32], [])
            .Import("loom", "input_size", 0, 1).Import("loom", "input_read", 0, 2).Import("loom", "output", 0, 3)
            .Import("loom", "abort", 0, 4).Import("loom", "sha256", 0, 2).Import("env", "abort", 0, 5)
            .Function(0, [I32, I64], Call, 0, Drop, 0x41, 0, 0x41, 0, 0x41, 4, 0xfc, 0x0a, 0, 0, 0x41, 0, 0x11, 0, 0)
            .Function(0, [], 0x02, 0x40, 0x41, 5, 0x0e, 1, 0, 0, 0x0b, 0x42, 0xff, 0x00, Drop)
            .Table(FuncRef, 1).Memory(1, 1024).Global(I64, 0x42, 0).Export("loom_main", Function, 6)
            .Element(0, 0x41, 0, 0x0b, 1, 7).Data(0, 0x41, 0, 0x0b, 1, 42);

        Assert.Empty(ProvableSubset.Check(module.Load()));
    }

    [Fact]
    public void A_float_that_nothing_reaches_is_allowed()
    {
        Assert.Empty(ProvableSubset.Check(Entry([]).Function(0, [], FloatCode).Load()));
    }

    [Fact]
    public void A_float_is_named_with_its_function_and_byte()
    {
        var module = Entry([0x01]).Load();
        var at = Entry([0x01, .. FloatCode]).Load();
        var finding = Assert.Single(ProvableSubset.Check(at));

        Assert.Equal((SubsetRule.FloatNotSupported, 0), (finding.Rule, finding.Function));
        Assert.Equal(0x44, at.Bytes.Span[finding.Offset!.Value]);
        Assert.Equal($"FloatNotSupported: F64Const (function 0, byte {finding.Offset})", finding.ToString());
        Assert.Empty(ProvableSubset.Check(module));
    }

    [Fact]
    public void A_float_is_found_behind_calls()
    {
        var module = Entry([Call, 1]).Function(0, [], Call, 2).Function(0, [], FloatCode);
        Assert.Equal(2, Only(module, SubsetRule.FloatNotSupported).Function);
    }

    [Fact]
    public void A_float_is_found_in_a_function_that_stands_in_a_table()
    {
        var module = Entry([]).Function(0, [], FloatCode).Table(FuncRef, 1).Element(0, 0x41, 0, 0x0b, 1, 1);
        Assert.Equal(1, Only(module, SubsetRule.FloatNotSupported).Function);
    }

    [Fact]
    public void A_float_is_found_in_the_start_function()
    {
        Assert.Equal(1, Only(Entry([]).Function(0, [], FloatCode).Start(1), SubsetRule.FloatNotSupported).Function);
    }

    [Fact]
    public void A_float_is_found_in_code_that_is_never_executed()
    {
        Only(Entry([0x00, .. FloatCode]), SubsetRule.FloatNotSupported);
    }

    public static TheoryData<string, byte[]> FloatInstructions => new()
    {
        { "f32.load", [0x41, 0, 0x2a, 2, 0, Drop] },
        { "f64.store", [0x00, 0x39, 3, 0] },
        { "i32.trunc_f64_s", [0x00, 0xaa, Drop] },
        { "i32.trunc_sat_f32_u", [0x00, 0xfc, 0x01, Drop] },
        { "f32.reinterpret_i32", [0x41, 0, 0xbe, Drop] },
        { "f64.lt", [0x00, 0x63, Drop] },
        { "block (result f32)", [0x02, F32, 0x00, 0x0b, Drop] },
        { "select f64", [0x00, 0x1c, 1, F64, Drop] },
        { "loop of a type with floats", [0x03, 1, 0x00, 0x0b, Drop] },
        { "call_indirect of a type with floats", [0x41, 0, 0x11, 1, 0, Drop] },
        { "global.get of a float", [0x23, 0, Drop] },
    };

    [Theory]
    [MemberData(nameof(FloatInstructions))]
    public void Every_kind_of_float_instruction_is_found(string what, byte[] code)
    {
        var module = new TinyModule().Type([], []).Type([], [F32]).Function(0, [], code).Table(FuncRef, 1).Memory(1)
            .Global(F64, 0x44, 0, 0, 0, 0, 0, 0, 0, 0).Export("loom_main", Function, 0).Load();

        Assert.True(ProvableSubset.Check(module).Any(f => f.Rule == SubsetRule.FloatNotSupported && f.Offset is not null), what);
    }

    [Fact]
    public void A_float_type_counts_only_where_it_is_reached()
    {
        var called = new TinyModule().Type([], []).Type([F64], []).Function(0, [], [.. FloatCode[..9], Call, 1]).Function(1, []).Export("loom_main", Function, 0);
        Assert.Contains(ProvableSubset.Check(called.Load()), f => f.Rule == SubsetRule.FloatNotSupported && f.Function == 1);
        Only(new TinyModule().Type([], []).Function(0, [F32]).Export("loom_main", Function, 0), SubsetRule.FloatNotSupported);
        Assert.Empty(ProvableSubset.Check(new TinyModule().Type([], []).Type([F64], []).Function(0, []).Function(1, [F32]).Export("loom_main", Function, 0).Load()));
    }

    public static TheoryData<SubsetRule, byte[]> Instructions => new()
    {
        { SubsetRule.TableWrite, [0x41, 0, 0xd0, FuncRef, 0x26, 0] },
        { SubsetRule.TableWrite, [0xd0, FuncRef, 0x41, 0, 0xfc, 0x0f, 0, Drop] },
        { SubsetRule.TableWrite, [0x41, 0, 0xd0, FuncRef, 0x41, 0, 0xfc, 0x11, 0] },
        { SubsetRule.TableWrite, [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0e, 0, 0] },
        { SubsetRule.TableWrite, [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0c, 0, 0] },
        { SubsetRule.PassiveSegment, [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x08, 0, 0] },
        { SubsetRule.PassiveSegment, [0xfc, 0x09, 0] },
        { SubsetRule.PassiveSegment, [0xfc, 0x0d, 0] },
        { SubsetRule.ReferenceNotSupported, [0xd0, ExternRef, Drop] },
        { SubsetRule.ReferenceNotSupported, [0x41, 0, 0x25, 0, Drop] },
        { SubsetRule.ReferenceNotSupported, [0xfc, 0x10, 0, Drop] },
        { SubsetRule.ReferenceNotSupported, [0xd2, 0, 0xd1, Drop] },
    };

    [Theory]
    [MemberData(nameof(Instructions))]
    public void An_instruction_outside_the_subset_is_found_wherever_it_stands(SubsetRule rule, byte[] code)
    {
        foreach (var module in (TinyModule[])[Entry(code), Entry([]).Function(0, [], code)])
        {
            module.Table(FuncRef, 1).Memory(1).Element(0, 0x41, 0, 0x0b, 1, 0).Data(0, 0x41, 0, 0x0b, 0);
            Assert.Contains(ProvableSubset.Check(module.Load()), f => f.Rule == rule && f.Offset is not null);
        }
    }

    [Fact]
    public void Passive_segments_are_found()
    {
        Only(Entry([]).Memory(1).Data(1, 1, 42), SubsetRule.PassiveSegment);
        Only(Entry([]).Table(FuncRef, 1).Element(1, 0, 1, 0), SubsetRule.PassiveSegment);
        Only(Entry([]).Element(3, 0, 1, 0), SubsetRule.PassiveSegment);
    }

    [Theory]
    [InlineData("wasi_snapshot_preview1", "fd_write", 0)]
    [InlineData("loom", "log", 0)]
    [InlineData("loom", "output", 0)] // of another type
    [InlineData("env", "seed", 0)]
    public void A_foreign_import_is_found(string module, string name, byte type)
    {
        var made = new TinyModule().Type([], []).Import(module, name, 0, type).Function(0, []).Export("loom_main", Function, 1);
        Only(made, SubsetRule.UnknownImport);
    }

    [Fact]
    public void Only_functions_are_imported()
    {
        Only(new TinyModule().Type([], []).Import("env", "memory", 2, 0, 1).Function(0, []).Export("loom_main", Function, 0), SubsetRule.UnknownImport);
    }

    [Fact]
    public void An_import_is_no_value()
    {
        var machine = () => new TinyModule().Type([], []).Type([I32], []).Import("loom", "abort", 0, 1).Function(0, []).Export("loom_main", Function, 1);
        Only(machine().Export("stop", Function, 0), SubsetRule.ImportAsValue);
        Only(machine().Table(FuncRef, 1).Element(0, 0x41, 0, 0x0b, 1, 0), SubsetRule.ImportAsValue);
        Assert.Empty(ProvableSubset.Check(machine().Load()));
    }

    [Fact]
    public void The_memory_stays_within_the_policy()
    {
        Only(Entry([]).Memory(1, 1025), SubsetRule.MemoryTooLarge);
        Only(Entry([]).Memory(1025), SubsetRule.MemoryTooLarge);
        Assert.Empty(ProvableSubset.Check(Entry([]).Memory(1).Load()));
        Assert.Single(ProvableSubset.Check(Entry([]).Memory(1, 17).Load(), maxPages: 16));
    }

    [Fact]
    public void Segments_fit_at_the_start()
    {
        Assert.Empty(ProvableSubset.Check(Entry([]).Memory(1).Data(0, 0x41, 0xff, 0xff, 0x03, 0x0b, 1, 42).Load()));
        Only(Entry([]).Memory(1).Data(0, 0x41, 0x80, 0x80, 0x04, 0x0b, 1, 42), SubsetRule.SegmentOutOfBounds);
        Only(Entry([]).Memory(1).Data(0, 0x41, 0x7f, 0x0b, 1, 42), SubsetRule.SegmentOutOfBounds);
        Only(Entry([]).Table(FuncRef, 1).Element(0, 0x41, 1, 0x0b, 1, 0), SubsetRule.SegmentOutOfBounds);
    }

    [Fact]
    public void There_is_one_table_and_it_holds_functions()
    {
        Only(Entry([]).Table(FuncRef, 1).Table(FuncRef, 1), SubsetRule.TableNotSupported);
        Only(Entry([]).Table(ExternRef, 1), SubsetRule.TableNotSupported);
    }

    [Fact]
    public void An_entry_is_needed()
    {
        Only(new TinyModule().Type([], []).Function(0, []).Export("main", Function, 0), SubsetRule.NoEntry);
        Only(new TinyModule().Type([I32], []).Function(0, []).Export("loom_main", Function, 0), SubsetRule.NoEntry);
        Assert.Empty(ProvableSubset.Check(new TinyModule().Type([], []).Function(0, []).Export("_start", Function, 0).Load()));
    }

    [Fact]
    public void A_function_has_at_most_65536_slots()
    {
        // The operands, 49,999 locals (as 0xcf 0x86 0x03), and the return record.
        var deep = Enumerable.Repeat((byte[])[0x41, 0], 15_600).SelectMany(b => b).Concat(Enumerable.Repeat(Drop, 15_600));
        byte[] locals = [1, 0xcf, 0x86, 0x03, I32];
        var module = new TinyModule().Type([], []).Export("loom_main", Function, 0);

        Assert.Equal(0, Only(module.Body(0, [.. locals, .. deep, 0x0b]), SubsetRule.TooLarge).Function);
        Assert.Empty(ProvableSubset.Check(new TinyModule().Type([], []).Export("loom_main", Function, 0).Body(0, [.. locals, 0x0b]).Load()));
    }

    private static TinyModule Entry(byte[] code) => new TinyModule().Type([], []).Function(0, [], code).Export("loom_main", Function, 0);

    private static SubsetFinding Only(TinyModule module, SubsetRule rule)
    {
        var finding = Assert.Single(ProvableSubset.Check(module.Load()));
        Assert.Equal(rule, finding.Rule);
        return finding;
    }
}
