using System.Runtime.CompilerServices;

namespace Loom.Provenance.Receipts;

/// <summary>An element of the prime field of p = 2^64 - 2^32 + 1, always held as the integer below p.</summary>
internal readonly struct Goldilocks : IAlgebra<Goldilocks>, IEquatable<Goldilocks>
{
    /// <summary>p.</summary>
    public const ulong Modulus = 0xFFFF_FFFF_0000_0001;

    /// <summary>2^64 mod p = 2^32 - 1.</summary>
    private const ulong Epsilon = 0xFFFF_FFFF;

    /// <param name="value">Below p.</param>
    public Goldilocks(ulong value) => Value = value;

    public ulong Value { get; }

    public static Goldilocks One => new(1);

    public static Goldilocks Of(ulong constant) => new(constant);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Goldilocks operator +(Goldilocks left, Goldilocks right)
    {
        var sum = left.Value + right.Value;
        return new Goldilocks(sum < left.Value || sum >= Modulus ? sum - Modulus : sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Goldilocks operator -(Goldilocks left, Goldilocks right)
    {
        var difference = left.Value - right.Value;
        return new Goldilocks(left.Value < right.Value ? difference + Modulus : difference);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Goldilocks operator *(Goldilocks left, Goldilocks right)
    {
        var high = Math.BigMul(left.Value, right.Value, out var low);
        return Reduce(low, high);
    }

    public static Goldilocks operator *(Goldilocks left, ulong constant) => left * new Goldilocks(constant);

    /// <summary>low + 2^64 high, for every pair of words (appendix A): 2^64 = 2^32 - 1 and 2^96 = -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Goldilocks Reduce(ulong low, ulong high)
    {
        var top = high >> 32;
        var middle = high & Epsilon;
        var difference = low - top;
        if (low < top)
        {
            difference -= Epsilon;
        }

        var product = (middle << 32) - middle;
        var sum = difference + product;
        if (sum < product)
        {
            sum += Epsilon;
        }

        return new Goldilocks(sum >= Modulus ? sum - Modulus : sum);
    }

    public Goldilocks Power(ulong exponent)
    {
        var (result, square) = (One, this);
        for (; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
            {
                result *= square;
            }

            square *= square;
        }

        return result;
    }

    /// <summary>this^(2^times).</summary>
    public Goldilocks Squared(int times)
    {
        var result = this;
        for (var i = 0; i < times; i++)
        {
            result *= result;
        }

        return result;
    }

    /// <summary>1 / this; 0 for 0.</summary>
    public Goldilocks Inverse() => Power(Modulus - 2);

    public bool Equals(Goldilocks other) => Value == other.Value;

    public override bool Equals(object? obj) => obj is Goldilocks other && Equals(other);

    public override int GetHashCode() => Value.GetHashCode();

    public static bool operator ==(Goldilocks left, Goldilocks right) => left.Value == right.Value;

    public static bool operator !=(Goldilocks left, Goldilocks right) => left.Value != right.Value;

    public override string ToString() => $"0x{Value:x}";
}
