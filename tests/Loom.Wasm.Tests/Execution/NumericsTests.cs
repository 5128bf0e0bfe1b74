using System.Numerics;
using System.Runtime.CompilerServices;
using Loom.Testing;

namespace Loom.Wasm.Tests.Execution;

public sealed class NumericsTests
{
    [Theory]
    [InlineData(2147483648f, TrapKind.IntegerOverflow)]
    [InlineData(-2147483904f, TrapKind.IntegerOverflow)]
    [InlineData(float.PositiveInfinity, TrapKind.IntegerOverflow)]
    [InlineData(float.NaN, TrapKind.InvalidConversion)]
    public void A_float_that_does_not_fit_traps(float value, TrapKind kind)
    {
        Assert.Equal(kind, Assert.Throws<TrapException>(() => Numerics.I32TruncF32S(value)).Trap.Kind);
        Assert.Equal(kind, Assert.Throws<TrapException>(() => Numerics.I32TruncF64S(value)).Trap.Kind);
    }

    [Fact]
    public void Truncation_goes_up_to_the_last_value_that_fits()
    {
        Assert.Equal(int.MinValue, Numerics.I32TruncF64S(-2147483648.9));
        Assert.Equal(int.MaxValue, Numerics.I32TruncF64S(2147483647.9));
        Assert.Equal(-1, Numerics.I32TruncF64U(4294967295.9));
        Assert.Equal(0, Numerics.I32TruncF64U(-0.9));
        Assert.Equal(int.MinValue, Numerics.I32TruncF32S(-2147483648f));
        Assert.Equal(long.MinValue, Numerics.I64TruncF64S(-9223372036854775808d));
        Assert.Equal(unchecked((long)0xFFFF_FFFF_FFFF_F800), Numerics.I64TruncF64U(18446744073709549568d));
        Assert.Equal(long.MinValue, Numerics.I64TruncF32U(9223372036854775808f));
        Assert.Throws<TrapException>(() => Numerics.I32TruncF64U(-1d));
        Assert.Throws<TrapException>(() => Numerics.I64TruncF64S(9223372036854775808d));
        Assert.Throws<TrapException>(() => Numerics.I64TruncF64U(18446744073709551616d));
    }

    [Fact]
    public void Saturating_truncation_stops_at_the_ends()
    {
        Assert.Equal(0, Numerics.I32TruncSatF32S(float.NaN));
        Assert.Equal(int.MaxValue, Numerics.I32TruncSatF64S(1e300));
        Assert.Equal(int.MinValue, Numerics.I32TruncSatF64S(double.NegativeInfinity));
        Assert.Equal(-1, Numerics.I32TruncSatF32U(float.PositiveInfinity));
        Assert.Equal(0, Numerics.I32TruncSatF32U(-5f));
        Assert.Equal(long.MaxValue, Numerics.I64TruncSatF32S(9223372036854775808f));
        Assert.Equal(long.MinValue, Numerics.I64TruncSatF64S(-1e300));
        Assert.Equal(-1L, Numerics.I64TruncSatF64U(1e300));
        Assert.Equal(0L, Numerics.I64TruncSatF64U(double.NaN));
    }

    [Fact]
    public void Integers_become_the_nearest_float()
    {
        var random = new Random(Seeds.First("numerics"));
        for (var i = 0; i < 40_000; i++)
        {
            // Close to the places where a float ends and rounding begins.
            var value = (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            if (random.Next(2) == 0) value = (value & (ulong.MaxValue << random.Next(64))) + (ulong)random.Next(-1, 2);

            Assert.Equal((float)Nearest(value, 24), Numerics.F32ConvertI64U(value));
            Assert.Equal((double)Nearest(value, 53), Numerics.F64ConvertI64U(value));
            Assert.Equal((float)Nearest((uint)value, 24), Numerics.F32ConvertI32U((uint)value));
            Assert.Equal((float)Nearest((int)value, 24), Numerics.F32ConvertI32S((int)value));
            if ((long)value != long.MinValue) Assert.Equal((float)Nearest((long)value, 24), Numerics.F32ConvertI64S((long)value));
        }

        Assert.Equal(-9223372036854775808f, Numerics.F32ConvertI64S(long.MinValue));
    }

    [Fact]
    public void Results_that_are_no_numbers_are_quiet()
    {
        var signalling = FromBits(0x7fa0_0000);
        float[] results =
        [
            Numerics.F32Min(signalling, 1), Numerics.F32Max(1, signalling), Numerics.F32Nearest(signalling), Numerics.F32Ceil(signalling),
            Numerics.F32Floor(signalling), Numerics.F32Trunc(signalling),
        ];
        foreach (var result in results) Assert.Equal(0x7fc0_0000u, BitConverter.SingleToUInt32Bits(result) & 0x7fc0_0000);
        Assert.Equal(0x7fc0_0000u, BitConverter.SingleToUInt32Bits(Numerics.Canonical(-signalling)));
        Assert.Equal(0xffa0_0000u, BitConverter.SingleToUInt32Bits(Numerics.F32Neg(signalling)));
        Assert.Equal(0xffa0_0000u, BitConverter.SingleToUInt32Bits(Numerics.F32Copysign(signalling, -0f)));
    }

    [Fact]
    public void Zeros_keep_their_signs()
    {
        Assert.True(float.IsNegative(Numerics.F32Min(0f, -0f)));
        Assert.False(float.IsNegative(Numerics.F32Max(-0f, 0f)));
        Assert.True(double.IsNegative(Numerics.F64Nearest(-0.3)));
        Assert.True(double.IsNegative(Numerics.F64Ceil(-0.3)));
        Assert.Equal(2d, Numerics.F64Nearest(2.5));
        Assert.Equal(-4f, Numerics.F32Nearest(-3.5f));
    }

    [Fact]
    public void Division_traps_where_there_is_no_result()
    {
        Assert.Equal(TrapKind.DivideByZero, Assert.Throws<TrapException>(() => Numerics.I32DivS(1, 0)).Trap.Kind);
        Assert.Equal(TrapKind.DivideByZero, Assert.Throws<TrapException>(() => Numerics.I64RemU(1, 0)).Trap.Kind);
        Assert.Equal(TrapKind.IntegerOverflow, Assert.Throws<TrapException>(() => Numerics.I32DivS(int.MinValue, -1)).Trap.Kind);
        Assert.Equal(TrapKind.IntegerOverflow, Assert.Throws<TrapException>(() => Numerics.I64DivS(long.MinValue, -1)).Trap.Kind);
        Assert.Equal(0, Numerics.I32RemS(int.MinValue, -1));
        Assert.Equal(0, Numerics.I64RemS(long.MinValue, -1));
        Assert.Equal(-7, Numerics.I32DivS(7, -1));
    }

    // Not inlined: the just-in-time compiler keeps float constants as doubles, which would make a signalling NaN quiet.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float FromBits(uint bits) => BitConverter.UInt32BitsToSingle(bits);

    /// <summary>The value rounded to that many significant bits, ties to even.</summary>
    private static BigInteger Nearest(BigInteger value, int bits)
    {
        var size = BigInteger.Abs(value);
        var drop = (int)size.GetBitLength() - bits;
        if (drop <= 0) return value;
        var unit = BigInteger.One << drop;
        var (quotient, remainder) = BigInteger.DivRem(size, unit);
        var twice = remainder * 2;
        if (twice > unit || (twice == unit && !quotient.IsEven)) quotient++;
        return quotient * unit * value.Sign;
    }
}
