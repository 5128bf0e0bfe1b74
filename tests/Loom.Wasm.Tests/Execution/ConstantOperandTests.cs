using Loom.Wasm.Tests.BackEnds;
using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Execution;

/// <summary>
/// Float operations with a constant on either side give the same bits as with two variables, on every back end: the platform's compiler folds
/// what it can, and not always rightly.
/// </summary>
public sealed class ConstantOperandTests
{
    private static readonly Opcode[] Operations =
    [
        Opcode.F32Add, Opcode.F32Sub, Opcode.F32Mul, Opcode.F32Div, Opcode.F32Min, Opcode.F32Max, Opcode.F32Copysign,
        Opcode.F64Add, Opcode.F64Sub, Opcode.F64Mul, Opcode.F64Div, Opcode.F64Min, Opcode.F64Max, Opcode.F64Copysign,
    ];

    private static readonly double[] Values = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e300, -1e-310];

    [Theory]
    [MemberData(nameof(BackEnd.Names), MemberType = typeof(BackEnd))]
    public void A_constant_operand_changes_no_bit(string backEnd)
    {
        foreach (var opcode in Operations)
        {
            var type = opcode >= Opcode.F64Abs ? ValueType.F64 : ValueType.F32;
            using var instance = Module(backEnd, opcode, type);
            for (var i = 0; i < Values.Length; i++)
            {
                foreach (var other in Values)
                {
                    var (constant, variable) = (Of(type, Values[i]), Of(type, other));
                    Same(instance.Call("both", constant, variable), instance.Call($"left{i}", variable), $"{opcode} {Values[i]:R} {other:R}");
                    Same(instance.Call("both", variable, constant), instance.Call($"right{i}", variable), $"{opcode} {other:R} {Values[i]:R}");
                }
            }
        }
    }

    private static Instance Module(string backEnd, Opcode opcode, ValueType type)
    {
        var module = new ModuleBuilder();
        module.Export("both", ExternalKind.Function, module.Function([type, type], [type], w => w.Op(Opcode.LocalGet, 0).Op(Opcode.LocalGet, 1).Op(opcode)));
        for (var i = 0; i < Values.Length; i++)
        {
            var bits = Of(type, Values[i]).Bits;
            ByteWriter Constant(ByteWriter w) => type == ValueType.F32 ? w.Op(Opcode.F32Const).Bits(bits, 4) : w.Op(Opcode.F64Const).Bits(bits, 8);
            module.Export($"left{i}", ExternalKind.Function, module.Function([type], [type], w => Constant(w).Op(Opcode.LocalGet, 0).Op(opcode)));
            module.Export($"right{i}", ExternalKind.Function, module.Function([type], [type], w => Constant(w.Op(Opcode.LocalGet, 0)).Op(opcode)));
        }

        return BackEnd.All[backEnd].Make(WasmModule.Load(module.Build()), new ExecutableOptions()).Instantiate(new Store { Fuel = 1_000_000 }, Imports.None);
    }

    private static Value Of(ValueType type, double value) => type == ValueType.F32 ? Value.F32((float)value) : Value.F64(value);

    private static void Same(Outcome expected, Outcome actual, string what) =>
        Assert.True(expected.Results[0].Bits == actual.Results[0].Bits, $"{what}: {expected.Results[0].Bits:x} with variables, {actual.Results[0].Bits:x} with a constant");
}
