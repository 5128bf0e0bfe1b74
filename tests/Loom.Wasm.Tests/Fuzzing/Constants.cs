using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Constants with a taste for the values at which things go wrong.</summary>
internal static class Constants
{
    private static readonly long[] Integers =
        [0, 1, 2, -1, -2, 7, 8, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];

    private static readonly double[] Floats =
        [0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, 1e-40, 4.9e-324, 1e30, -1e30, 1e300, 2147483647, 2147483648, -2147483649, 4294967295, 4294967296, 9.2233720368547758e18, 1.8446744073709552e19, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 3.14];

    public static void Write(ByteWriter w, Random random, ValueType type)
    {
        switch (type)
        {
            case ValueType.I32: w.I32((int)Integer(random)); break;
            case ValueType.I64: w.I64(Integer(random)); break;
            case ValueType.F32: w.Op(Opcode.F32Const).F32(random.Next(4) == 0 ? BitConverter.Int32BitsToSingle(random.Next()) is var f && float.IsNaN(f) ? float.NaN : f : (float)Floats[random.Next(Floats.Length)]); break;
            case ValueType.F64: w.Op(Opcode.F64Const).Bits(BitConverter.DoubleToUInt64Bits(random.Next(4) == 0 ? (random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-70, 70)) : Floats[random.Next(Floats.Length)]), 8); break;
            default: w.Op(Opcode.RefNull).Byte((int)type); break;
        }
    }

    /// <summary>The integer type that shows a value to the outside.</summary>
    public static ValueType Integer(ValueType type) => type is ValueType.I64 or ValueType.F64 ? ValueType.I64 : ValueType.I32;

    public static void ToInteger(ByteWriter w, ValueType type)
    {
        switch (type)
        {
            case ValueType.F32: w.Op(Opcode.I32ReinterpretF32); break;
            case ValueType.F64: w.Op(Opcode.I64ReinterpretF64); break;
            case ValueType.FuncRef or ValueType.ExternRef: w.Op(Opcode.RefIsNull); break;
        }
    }

    private static long Integer(Random random) => random.Next(3) switch
    {
        0 => Integers[random.Next(Integers.Length)],
        1 => random.Next(-100, 1_000),
        _ => random.NextInt64() >> random.Next(64),
    };
}
