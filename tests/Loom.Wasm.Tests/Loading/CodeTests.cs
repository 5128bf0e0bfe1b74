using Loom.Testing;
using Loom.Wasm.Tests.Building;
using Loom.Wasm.Tests.Conformance;

namespace Loom.Wasm.Tests.Loading;

/// <summary>What the validator makes of structured code.</summary>
public sealed class CodeTests
{
    private const ValueType I32 = ValueType.I32;

    [Fact]
    public void An_if_with_else_is_two_branches_and_two_labels() => Gives(
        w => w.Op(Opcode.LocalGet, 0).If((int)I32).I32(1).Else().I32(2).End(),
        "Charge 2", "LocalGet 0", "BrIfZero 0", "Charge 2", "I32Const 0", "Br 1", "Label 0", "Charge 1", "I32Const 0", "Label 1", "Charge 1", "Return 0");

    [Fact]
    public void An_if_without_else_is_one_branch() => Gives(
        w => w.Op(Opcode.LocalGet, 0).If().Op(Opcode.Nop).End().I32(3),
        "Charge 2", "LocalGet 0", "BrIfZero 0", "Label 0", "Charge 2", "I32Const 0", "Return 0");

    [Fact]
    public void What_cannot_be_reached_is_left_out() => Gives(
        w => w.I32(1).Op(Opcode.Return).Loop().Op(Opcode.LocalGet, 0).Op(Opcode.BrIf, 0).End().Op(Opcode.I32Add),
        "Charge 2", "I32Const 0", "Return 0");

    [Fact]
    public void A_block_that_nothing_branches_to_leaves_no_trace() => Gives(
        w => w.Block((int)I32).I32(1).End(),
        "Charge 2", "I32Const 0", "Return 0");

    [Fact]
    public void Code_after_a_block_that_is_never_left_is_left_out() => Gives(
        w => w.Block().Op(Opcode.Unreachable).End().I32(1),
        "Charge 1", "Unreachable 0");

    [Fact]
    public void A_loop_starts_with_its_label_and_a_branch_out_of_the_function_returns() => Gives(
        w => w.Loop().Op(Opcode.LocalGet, 0).Op(Opcode.BrIf, 0).I32(5).Op(Opcode.Br, 1).End().I32(6),
        "Label 0", "Charge 2", "LocalGet 0", "BrIf 0", "Charge 2", "I32Const 0", "Return 0");

    [Fact]
    public void A_conditional_branch_out_of_the_function_goes_to_the_last_return() => Gives(
        w => w.I32(5).Op(Opcode.LocalGet, 0).Op(Opcode.BrIf, 0),
        "Charge 3", "I32Const 0", "LocalGet 0", "BrIf 0", "Label 0", "Charge 1", "Return 0");

    [Fact]
    public void A_typed_select_is_a_select_and_a_drop_knows_its_type() => Gives(
        w => w.I64(1).Op(Opcode.Drop).I32(1).I32(2).I32(0).Byte(Structure.TypedSelect).U32(1).Byte((int)I32),
        "Charge 7", "I64Const 0", "Drop 126", "I32Const 0", "I32Const 0", "I32Const 0", "Select 127", "Return 0");

    [Fact]
    public void The_labels_of_a_br_table_stand_in_a_row_with_the_default_last()
    {
        var code = Code(w => w.Block().Block().Op(Opcode.LocalGet, 0).BrTable(1, 0, 1).End().I32(1).Op(Opcode.Return).End().I32(2));

        var table = code.Instructions.Single(i => i.Opcode == Opcode.BrTable);
        Assert.Equal(2, table.B);
        var targets = code.BranchTargets[table.A..(table.A + 3)];
        Assert.Equal(targets[0], targets[2]);
        Assert.NotEqual(targets[0], targets[1]);
        Assert.True(code.Labels[targets[1]].Position < code.Labels[targets[0]].Position);
    }

    [Fact]
    public void Entering_a_function_costs_a_unit_for_each_16_locals()
    {
        var straight = WasmModule.Load(ModuleBuilder.OneFunction([], [], w => w.Op(Opcode.Nop), [.. Enumerable.Repeat(I32, 40)])).Code(0);
        var loop = WasmModule.Load(ModuleBuilder.OneFunction([], [], w => w.Loop().Op(Opcode.Br, 0).End(), [.. Enumerable.Repeat(I32, 40)])).Code(0);

        Assert.Equal(["Charge 3", "Return 0"], straight.Instructions.Select(i => $"{i.Opcode} {i.A}"));
        Assert.Equal(["Charge 2", "Label 0", "Charge 1", "Br 0"], loop.Instructions.Select(i => $"{i.Opcode} {i.A}"));
    }

    [Fact]
    public void Offsets_name_the_bytes_in_the_module()
    {
        var bytes = ModuleBuilder.OneFunction([I32], [I32], w => w.Op(Opcode.LocalGet, 0).Op(Opcode.I32Popcnt));
        var code = WasmModule.Load(bytes).Code(0);

        var place = Array.FindIndex(code.Instructions, i => i.Opcode == Opcode.I32Popcnt);
        Assert.Equal((byte)Opcode.I32Popcnt, bytes[code.Offsets[place]]);
    }

    [Fact]
    public void The_code_of_a_rich_module_keeps_every_rule() => CodeInvariants.Check(WasmModule.Load(RichModule.Build()));

    [SharedDataFact(SuiteFile.Marker)]
    public void The_code_of_every_function_of_the_suite_keeps_every_rule()
    {
        var functions = 0;
        foreach (var file in SuiteFile.All)
        {
            foreach (var command in file.Commands.Where(c => c.Type == "module" && SuiteLists.Skipped(c) is null))
            {
                var module = WasmModule.Load(file.Module(command));
                CodeInvariants.Check(module);
                functions += module.Bodies.Length;
            }
        }

        Console.WriteLine($"[code] {functions} functions");
        Assert.True(functions > 1_000, $"{functions} functions");
    }

    private static void Gives(Action<ByteWriter> body, params string[] expected)
    {
        var code = Code(body);
        Assert.Equal(expected, code.Instructions.Select(i => $"{i.Opcode} {i.A}"));
    }

    private static FunctionCode Code(Action<ByteWriter> body)
    {
        var module = WasmModule.Load(ModuleBuilder.OneFunction([I32], [I32], body));
        CodeInvariants.Check(module);
        return module.Code(0);
    }
}
