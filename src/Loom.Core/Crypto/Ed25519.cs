using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Loom.Core;

/// <summary>
/// Verification of Ed25519 (RFC 8032) for witness cosignatures; it never signs, so nothing here is secret and time need not be constant.
/// Strict: points and scalars only in their canonical encoding, no key and no R of small order, and the equation without cofactor.
/// </summary>
public static class Ed25519
{
    /// <summary>Length of a public key.</summary>
    public const int KeySize = 32;

    /// <summary>Length of a signature.</summary>
    public const int SignatureSize = 64;

    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * BigInteger.ModPow(121666, P - 2, P));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);
    private static readonly Point Base = BasePoint();

    /// <summary>Whether the signature is this key's over the message.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeySize || signature.Length != SignatureSize)
        {
            return false;
        }

        var s = new BigInteger(signature[32..], isUnsigned: true);
        if (s >= L
            || Decode(publicKey) is not { } a || IsSmallOrder(a)
            || Decode(signature[..32]) is not { } r || IsSmallOrder(r))
        {
            return false;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(signature[..32]);
        hash.AppendData(publicKey);
        hash.AppendData(message);
        var k = new BigInteger(hash.GetHashAndReset(), isUnsigned: true) % L;
        return Same(Multiply(Base, s), Add(r, Multiply(a, k)));
    }

    private static Point BasePoint()
    {
        var encoded = new byte[32];
        encoded.AsSpan().Fill(0x66);
        encoded[0] = 0x58;
        return Decode(encoded) ?? throw new InvalidOperationException("The base point of Ed25519 does not decode.");
    }

    // RFC 8032, 5.1.3; x^2 = (y^2 − 1) / (d y^2 + 1).
    private static Point? Decode(ReadOnlySpan<byte> encoded)
    {
        Span<byte> bytes = stackalloc byte[32];
        encoded.CopyTo(bytes);
        var odd = bytes[31] >> 7;
        bytes[31] &= 0x7f;
        var y = new BigInteger(bytes, isUnsigned: true);
        if (y >= P)
        {
            return null;
        }

        var square = Mod(y * y);
        var x2 = Mod((square - 1) * BigInteger.ModPow(Mod((D * square) + 1), P - 2, P));
        var x = BigInteger.ModPow(x2, (P + 3) / 8, P);
        if (Mod(x * x) != x2)
        {
            x = Mod(x * RootOfMinusOne);
        }

        if (Mod(x * x) != x2 || (x.IsZero && odd == 1))
        {
            return null;
        }

        if ((x.IsEven ? 0 : 1) != odd)
        {
            x = P - x;
        }

        return new Point(x, y, BigInteger.One, Mod(x * y));
    }

    private static bool IsSmallOrder(Point point)
    {
        var eight = Add(point, point);
        eight = Add(eight, eight);
        eight = Add(eight, eight);
        return eight.X.IsZero;
    }

    private static Point Multiply(Point point, BigInteger scalar)
    {
        var sum = new Point(BigInteger.Zero, BigInteger.One, BigInteger.One, BigInteger.Zero);
        for (var bit = (int)scalar.GetBitLength() - 1; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            if (!((scalar >> bit) & 1).IsZero)
            {
                sum = Add(sum, point);
            }
        }

        return sum;
    }

    // Complete addition in extended coordinates (RFC 8032, 5.1.4).
    private static Point Add(Point p, Point q)
    {
        var a = Mod((p.Y - p.X) * (q.Y - q.X));
        var b = Mod((p.Y + p.X) * (q.Y + q.X));
        var c = Mod(2 * p.T * q.T * D);
        var d = Mod(2 * p.Z * q.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static bool Same(Point p, Point q) => Mod((p.X * q.Z) - (q.X * p.Z)).IsZero && Mod((p.Y * q.Z) - (q.Y * p.Z)).IsZero;

    private static BigInteger Mod(BigInteger value)
    {
        var remainder = value % P;
        return remainder.Sign < 0 ? remainder + P : remainder;
    }

    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
