using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Compiler;

public sealed class CompilerLimitTests
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

    [Fact]
    public void A_function_whose_branches_carry_too_much_is_interpreted()
    {
        const int labels = 300;
        const int carried = 500;
        var module = new ModuleBuilder();
        var type = module.Type([], [.. Enumerable.Repeat(ValueType.I64, carried)]);
        module.Export("f", ExternalKind.Function, module.Function([], [ValueType.I64], w =>
        {
            // Every block stands one operand higher than the one around it, so that every target needs moves of its own.
            for (var i = 0; i < labels; i++) w.I64(7).Byte(Structure.Block).Signed(type);
            for (var i = 0; i < carried; i++) w.I64(i);
            w.I32(labels - 1).BrTable([.. Enumerable.Range(0, labels)]);
            for (var i = 0; i < labels; i++)
            {
                w.End();
                if (i < labels - 1) w.Op(Opcode.Br, 0);
            }

            w.Op(Opcode.Return);
        }));
        var loaded = WasmModule.Load(module.Build());

        Assert.Throws<NotSupportedException>(() => CompiledModule.Compile(loaded, new ExecutableOptions()));
        using var instance = InterpretedModule.Make(loaded, new ExecutableOptions()).Instantiate(new Store { Fuel = 1_000_000 }, Imports.None);
        Assert.Equal(carried - 1, instance.Call("f").Results[0].AsI64());
    }
}
