namespace Loom.Wasm;

// Conversions between integers and floats. The bounds are floats that are exact: the first value that no longer fits, so that a comparison
// without rounding decides. Unsigned results come as the signed type of the same bits, as they stand on the operand stack.
internal static partial class Numerics
{
    private const float TwoTo31F = 2147483648f;
    private const float TwoTo32F = 4294967296f;
    private const float TwoTo63F = 9223372036854775808f;
    private const float TwoTo64F = 18446744073709551616f;
    private const double TwoTo31 = 2147483648d;
    private const double TwoTo32 = 4294967296d;
    private const double TwoTo63 = 9223372036854775808d;
    private const double TwoTo64 = 18446744073709551616d;

    public static int I32TruncF32S(float a)
    {
        if (!(a >= -TwoTo31F && a < TwoTo31F)) TruncTrap(float.IsNaN(a));
        return (int)a;
    }

    public static int I32TruncF32U(float a)
    {
        if (!(a > -1f && a < TwoTo32F)) TruncTrap(float.IsNaN(a));
        return (int)(uint)(long)a;
    }

    public static int I32TruncF64S(double a)
    {
        // -2147483648.9 still truncates to the smallest integer.
        if (!(a > -TwoTo31 - 1 && a < TwoTo31)) TruncTrap(double.IsNaN(a));
        return (int)a;
    }

    public static int I32TruncF64U(double a)
    {
        if (!(a > -1d && a < TwoTo32)) TruncTrap(double.IsNaN(a));
        return (int)(uint)(long)a;
    }

    public static long I64TruncF32S(float a)
    {
        if (!(a >= -TwoTo63F && a < TwoTo63F)) TruncTrap(float.IsNaN(a));
        return (long)a;
    }

    public static long I64TruncF32U(float a)
    {
        if (!(a > -1f && a < TwoTo64F)) TruncTrap(float.IsNaN(a));
        return Unsigned(a);
    }

    public static long I64TruncF64S(double a)
    {
        if (!(a >= -TwoTo63 && a < TwoTo63)) TruncTrap(double.IsNaN(a));
        return (long)a;
    }

    public static long I64TruncF64U(double a)
    {
        if (!(a > -1d && a < TwoTo64)) TruncTrap(double.IsNaN(a));
        return Unsigned(a);
    }

    public static int I32TruncSatF32S(float a) => I32TruncSatF64S(a);

    public static int I32TruncSatF32U(float a) => I32TruncSatF64U(a);

    public static int I32TruncSatF64S(double a) => a switch
    {
        double.NaN => 0,
        < -TwoTo31 => int.MinValue,
        >= TwoTo31 => int.MaxValue,
        _ => (int)a,
    };

    public static int I32TruncSatF64U(double a) => a switch
    {
        double.NaN or <= 0 => 0,
        >= TwoTo32 => -1,
        _ => (int)(uint)(long)a,
    };

    public static long I64TruncSatF32S(float a) => I64TruncSatF64S(a);

    public static long I64TruncSatF32U(float a) => I64TruncSatF64U(a);

    public static long I64TruncSatF64S(double a) => a switch
    {
        double.NaN => 0,
        < -TwoTo63 => long.MinValue,
        >= TwoTo63 => long.MaxValue,
        _ => (long)a,
    };

    public static long I64TruncSatF64U(double a) => a switch
    {
        double.NaN or <= 0 => 0,
        >= TwoTo64 => -1,
        _ => Unsigned(a),
    };

    public static float F32ConvertI32S(int a) => (float)(double)a;

    public static float F32ConvertI32U(uint a) => (float)(double)a;

    public static float F32ConvertI64S(long a)
    {
        // By way of a double, which would round twice; so the bits that the double cannot hold are first folded into one that it can, which
        // still tells "a little more than half" from "half".
        if (a is > 1L << 53 or < -(1L << 53)) a = (a | ((a & 0x7ff) + 0x7ff)) & ~0x7ffL;
        return (float)(double)a;
    }

    public static float F32ConvertI64U(ulong a)
    {
        if ((long)a >= 0) return F32ConvertI64S((long)a);
        return F32ConvertI64S((long)((a >> 1) | (a & 1))) * 2f;
    }

    public static double F64ConvertI32U(uint a) => a;

    public static double F64ConvertI64U(ulong a)
    {
        if ((long)a >= 0) return (long)a;

        // Half of it, with the lost bit kept as a sign of "more", rounds the same way.
        return (double)(long)((a >> 1) | (a & 1)) * 2d;
    }

    private static long Unsigned(double a) => a < TwoTo63 ? (long)a : (long)(a - TwoTo63) ^ long.MinValue;

    private static void TruncTrap(bool nan) => Trap(nan ? TrapKind.InvalidConversion : TrapKind.IntegerOverflow);
}
