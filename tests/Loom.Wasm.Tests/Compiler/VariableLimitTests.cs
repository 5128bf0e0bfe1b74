using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Compiler;

public sealed class VariableLimitTests
{
    [Fact]
    public void A_function_with_more_variables_than_a_method_may_have_is_interpreted()
    {
        const int locals = 50_000;
        const int operands = 16_000;
        var module = new ModuleBuilder();
        module.Declare([], [ValueType.I32]);
        module.Export("f", ExternalKind.Function, 0);
        var body = new ByteWriter().U32(1).U32(locals).Byte((int)ValueType.I32);
        for (var i = 0; i < locals; i++) body.I32(i).Op(Opcode.LocalSet, i);

        // A branch: every operand has to be in its place by then.
        for (var i = 0; i < operands; i++) body.Op(Opcode.LocalGet, i);
        body.Block().Op(Opcode.LocalGet, 0).Op(Opcode.BrIf, 0).End();
        for (var i = 1; i < operands; i++) body.Op(Opcode.I32Add);
        module.Body(body.End().ToArray());
        var loaded = WasmModule.Load(module.Build());

        Assert.Throws<NotSupportedException>(() => CompiledModule.Compile(loaded, new ExecutableOptions()));
        using var instance = InterpretedModule.Make(loaded, new ExecutableOptions()).Instantiate(new Store(new ExecutionLimits { StackSlots = 200_000 }) { Fuel = 1_000_000 }, Imports.None);
        Assert.Equal(operands * (operands - 1) / 2, instance.Call("f").Results[0].AsI32());
    }
}
