using System.Numerics;
using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Compiler;

/// <summary>Guards against a fault of the platform's compiler: it takes the zero flag for the result of a rotation.</summary>
public sealed class RotationTests
{
    [Theory]
    [InlineData((int)Opcode.I32Rotl)]
    [InlineData((int)Opcode.I32Rotr)]
    [InlineData((int)Opcode.I64Rotl)]
    [InlineData((int)Opcode.I64Rotr)]
    public void A_rotated_zero_is_zero(int rotation)
    {
        foreach (var by in (ReadOnlySpan<int>)[0, 1, 29, 31, 32, 63]) RotatesZero((Opcode)rotation, by);
    }

    private static void RotatesZero(Opcode opcode, int by)
    {
        var wide = opcode is Opcode.I64Rotl or Opcode.I64Rotr;
        var type = wide ? ValueType.I64 : ValueType.I32;
        Action<ByteWriter> count = w => _ = wide ? w.I64(by) : w.I32(by);
        var test = wide ? Opcode.I64Eqz : Opcode.I32Eqz;

        Assert.Equal(1, Run(type, w => Rotated(w).Op(test)));
        Assert.Equal(1, Run(type, w => Rotated(w).Op(test).If((int)ValueType.I32).I32(1).Else().I32(2).End()));
        Assert.Equal(1, Run(type, w =>
        {
            count(w); // known to be constant only when compiled
            w.Op(Opcode.LocalSet, 1).Op(Opcode.LocalGet, 0).Op(Opcode.LocalGet, 1).Op(opcode).Op(test).If((int)ValueType.I32).I32(1).Else().I32(2).End();
        }));

        ByteWriter Rotated(ByteWriter w)
        {
            count(w.Op(Opcode.LocalGet, 0));
            return w.Op(opcode);
        }
    }

    [Fact]
    public void Rotations_are_those_of_the_processor()
    {
        foreach (var value in (ReadOnlySpan<ulong>)[0, 1, 0x8000_0000_0000_0001, 0xdead_beef_0bad_f00d, ulong.MaxValue])
        {
            for (var count = -65; count <= 65; count++)
            {
                Assert.Equal(BitOperations.RotateLeft(value, count), Rotation.Left(value, count));
                Assert.Equal(BitOperations.RotateRight(value, count), Rotation.Right(value, count));
                Assert.Equal(BitOperations.RotateLeft((uint)value, count), Rotation.Left((uint)value, count));
                Assert.Equal(BitOperations.RotateRight((uint)value, count), Rotation.Right((uint)value, count));
            }
        }
    }

    private static int Run(ValueType type, Action<ByteWriter> code)
    {
        var module = WasmModule.Load(ModuleBuilder.OneFunction([type], [ValueType.I32], code, type));
        using var instance = CompiledModule.Compile(module, new ExecutableOptions()).Instantiate(new Store { Fuel = 1_000 }, Imports.None);
        return instance.Call("f", Value.Number(type, 0)).Results[0].AsI32();
    }
}
