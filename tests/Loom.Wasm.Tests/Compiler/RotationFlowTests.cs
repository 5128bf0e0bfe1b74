using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Compiler;

public sealed class RotationFlowTests
{
    private const ValueType I = ValueType.I32;

    private static ByteWriter Rotate(ByteWriter code) => code.Op(Opcode.LocalGet, 0).I32(29).Op(Opcode.I32Rotl);

    [Fact]
    public void What_goes_to_memory_is_not_compared() =>
        Assert.False(Flow(w => Rotate(w.I32(0)).Op(Opcode.I32Store).U32(2).U32(0).Op(Opcode.LocalGet, 0).If().I32(1).Op(Opcode.LocalSet, 1).End().I32(0)));

    [Fact]
    public void A_local_that_was_set_anew_is_not_compared() =>
        Assert.False(Flow(w => Rotate(w).Op(Opcode.LocalSet, 1).I32(7).Op(Opcode.LocalSet, 1).Op(Opcode.LocalGet, 1).Op(Opcode.I32Eqz)));

    [Fact]
    public void A_comparison_is_seen_through_locals_and_arithmetic() =>
        Assert.True(Flow(w => Rotate(w).Op(Opcode.LocalSet, 1).Op(Opcode.LocalGet, 1).I32(0).Op(Opcode.I32Add).Op(Opcode.I32Eqz)));

    [Fact]
    public void A_comparison_is_seen_around_a_loop() =>
        Assert.True(Flow(w => Rotate(w.Loop().Op(Opcode.LocalGet, 1).Op(Opcode.I32Eqz).Op(Opcode.Drop)).Op(Opcode.LocalSet, 1).Op(Opcode.LocalGet, 0).Op(Opcode.BrIf, 0).End().I32(0)));

    [Fact]
    public void An_operand_that_a_branch_carries_is_followed() =>
        Assert.True(Flow(w => Rotate(w.Block((int)I)).Op(Opcode.LocalGet, 0).Op(Opcode.BrIf, 0).Op(Opcode.Drop).I32(1).End().Op(Opcode.I32Eqz)));

    [Fact]
    public void A_small_function_may_be_compared_by_its_caller() => Assert.True(Flow(w => Rotate(w)));

    private static bool Flow(Action<ByteWriter> code)
    {
        var builder = new ModuleBuilder();
        builder.Memory(1);
        builder.Export("f", ExternalKind.Function, builder.Function([I], [I], code, I));
        var module = WasmModule.Load(builder.Build());
        return RotationFlow.MayCompareRotated(module, module.Code(0));
    }
}
