using System.Runtime.CompilerServices;

namespace Loom.Wasm;

// Float operators. A NaN goes through an addition, which makes it quiet: library routines may hand a signalling one through.
internal static partial class Numerics
{
    private const uint Sign32 = 0x8000_0000;
    private const ulong Sign64 = 0x8000_0000_0000_0000;

    // Not MathF.Min and its like: with a constant zero the just-in-time compiler of .NET 10 gives +0 for min(+0, -0). Of two equal numbers only
    // zeros differ, in their sign, so their bits are combined.
    public static float F32Min(float a, float b)
    {
        if (a < b) return a;
        if (b < a) return b;
        return a == b ? BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(a) | BitConverter.SingleToUInt32Bits(b)) : a + b;
    }

    public static float F32Max(float a, float b)
    {
        if (a > b) return a;
        if (b > a) return b;
        return a == b ? BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(a) & BitConverter.SingleToUInt32Bits(b)) : a + b;
    }

    public static double F64Min(double a, double b)
    {
        if (a < b) return a;
        if (b < a) return b;
        return a == b ? BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(a) | BitConverter.DoubleToUInt64Bits(b)) : a + b;
    }

    public static double F64Max(double a, double b)
    {
        if (a > b) return a;
        if (b > a) return b;
        return a == b ? BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(a) & BitConverter.DoubleToUInt64Bits(b)) : a + b;
    }

    public static float F32Nearest(float a) => float.IsNaN(a) ? a + a : MathF.Round(a, MidpointRounding.ToEven);

    public static double F64Nearest(double a) => double.IsNaN(a) ? a + a : Math.Round(a, MidpointRounding.ToEven);

    public static float F32Ceil(float a) => float.IsNaN(a) ? a + a : MathF.Ceiling(a);

    public static double F64Ceil(double a) => double.IsNaN(a) ? a + a : Math.Ceiling(a);

    public static float F32Floor(float a) => float.IsNaN(a) ? a + a : MathF.Floor(a);

    public static double F64Floor(double a) => double.IsNaN(a) ? a + a : Math.Floor(a);

    public static float F32Trunc(float a) => float.IsNaN(a) ? a + a : MathF.Truncate(a);

    public static double F64Trunc(double a) => double.IsNaN(a) ? a + a : Math.Truncate(a);

    // abs, neg and copysign are operations on bits: they keep the payload of a NaN, also of a signalling one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Abs(float a) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(a) & ~Sign32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Abs(double a) => BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(a) & ~Sign64);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Neg(float a) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(a) ^ Sign32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Neg(double a) => BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(a) ^ Sign64);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Copysign(float a, float sign) => BitConverter.UInt32BitsToSingle(
        (BitConverter.SingleToUInt32Bits(a) & ~Sign32) | (BitConverter.SingleToUInt32Bits(sign) & Sign32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Copysign(double a, double sign) => BitConverter.UInt64BitsToDouble(
        (BitConverter.DoubleToUInt64Bits(a) & ~Sign64) | (BitConverter.DoubleToUInt64Bits(sign) & Sign64));
}
