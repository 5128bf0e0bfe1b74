using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Loom.Provenance.Receipts;

/// <summary>The challenge field: a0 + a1 X + a2 X^2 over <see cref="Goldilocks"/> with X^3 = 2, about 2^192 elements.</summary>
internal readonly struct F3 : IAlgebra<F3>, IEquatable<F3>
{
    /// <summary>Bytes of an element in a receipt.</summary>
    public const int Bytes = 24;

    /// <summary>The third root of unity by which the Frobenius map multiplies X.</summary>
    private const ulong Zeta3 = 0xFFFF_FFFF;

    public F3(Goldilocks a0, Goldilocks a1, Goldilocks a2) => (A0, A1, A2) = (a0, a1, a2);

    public F3(ulong a0, ulong a1, ulong a2)
        : this(new Goldilocks(a0), new Goldilocks(a1), new Goldilocks(a2))
    {
    }

    public Goldilocks A0 { get; }

    public Goldilocks A1 { get; }

    public Goldilocks A2 { get; }

    public static F3 Zero => default;

    public static F3 One => new(1, 0, 0);

    public bool IsZero => this == Zero;

    public static F3 Of(ulong constant) => new(constant, 0, 0);

    public static F3 Of(Goldilocks value) => new(value, default, default);

    /// <summary>Reads 24 bytes that are known to be canonical.</summary>
    public static F3 Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));

    public static F3 operator +(F3 left, F3 right) => new(left.A0 + right.A0, left.A1 + right.A1, left.A2 + right.A2);

    public static F3 operator -(F3 left, F3 right) => new(left.A0 - right.A0, left.A1 - right.A1, left.A2 - right.A2);

    public static F3 operator *(F3 left, F3 right)
    {
        var high = (left.A1 * right.A2) + (left.A2 * right.A1);
        var square = left.A2 * right.A2;
        return new F3(
            (left.A0 * right.A0) + high + high,
            (left.A0 * right.A1) + (left.A1 * right.A0) + square + square,
            (left.A0 * right.A2) + (left.A1 * right.A1) + (left.A2 * right.A0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F3 operator *(F3 left, Goldilocks right) => new(left.A0 * right, left.A1 * right, left.A2 * right);

    public static F3 operator *(F3 left, ulong constant) => left * new Goldilocks(constant);

    /// <summary>this^(2^times).</summary>
    public F3 Squared(int times)
    {
        var result = this;
        for (var i = 0; i < times; i++)
        {
            result *= result;
        }

        return result;
    }

    /// <summary>1 / this by the norm; 0 for 0.</summary>
    public F3 Inverse()
    {
        var once = new F3(A0, A1 * Zeta3, A2 * (Goldilocks.Modulus - 1 - Zeta3));
        var twice = new F3(A0, A1 * (Goldilocks.Modulus - 1 - Zeta3), A2 * Zeta3);
        var conjugates = once * twice;
        var norm = (this * conjugates).A0;
        return conjugates * norm.Inverse();
    }

    /// <summary>Inverts all values with one inversion. All must be non-zero; <paramref name="scratch"/> is as long.</summary>
    public static void Invert(Span<F3> values, Span<F3> scratch)
    {
        var product = One;
        for (var i = 0; i < values.Length; i++)
        {
            scratch[i] = product;
            product *= values[i];
        }

        var inverse = product.Inverse();
        for (var i = values.Length - 1; i >= 0; i--)
        {
            var value = values[i];
            values[i] = inverse * scratch[i];
            inverse *= value;
        }
    }

    public bool Equals(F3 other) => A0 == other.A0 && A1 == other.A1 && A2 == other.A2;

    public override bool Equals(object? obj) => obj is F3 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(A0, A1, A2);

    public static bool operator ==(F3 left, F3 right) => left.Equals(right);

    public static bool operator !=(F3 left, F3 right) => !left.Equals(right);

    public override string ToString() => $"({A0}, {A1}, {A2})";
}
