using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Loom.Core;

/// <summary>
/// ECDSA over P-256 and SHA-256 with exactly one signature per (key, nonce, data): strict ASN.1 DER (<c>SEQUENCE { r, s }</c>), s in the
/// lower half. Anything else is refused, so nobody can turn a signature into a second valid one.
/// </summary>
public static class EcdsaP256
{
    /// <summary>Longest accepted signature in bytes.</summary>
    public const int MaxSignature = 72;

    private static readonly BigInteger Order = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly BigInteger HalfOrder = Order >> 1;

    /// <summary>Whether the signature is this key's over the data. A key or signature in any other form gives false.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> raw = stackalloc byte[64];
        if (!TryRead(signature, raw) || TryImport(publicKey) is not { } key)
        {
            return false;
        }

        using (key)
        {
            return key.VerifyData(data, raw, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    /// <summary>Signs, with low s, in the encoding above.</summary>
    public static byte[] Sign(ECDsa key, ReadOnlySpan<byte> data)
    {
        var raw = key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        var r = new BigInteger(raw.AsSpan(0, 32), isUnsigned: true, isBigEndian: true);
        var s = new BigInteger(raw.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s > HalfOrder ? Order - s : s);
        }

        return writer.Encode();
    }

    /// <summary>Whether the bytes are a P-256 key in the one SPKI form that Loom writes.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey)
    {
        using var key = TryImport(publicKey);
        return key is not null;
    }

    private static ECDsa? TryImport(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != 91)
        {
            return null;
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            var curve = key.ExportParameters(includePrivateParameters: false).Curve;
            if (curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value && key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKey))
            {
                return key;
            }
        }
        catch (CryptographicException)
        {
            // Not a point on the curve, or no SPKI: the same answer as for any other wrong key.
        }

        key.Dispose();
        return null;
    }

    private static bool TryRead(ReadOnlySpan<byte> signature, Span<byte> raw)
    {
        raw.Clear();
        if (signature.Length is < 8 or > MaxSignature)
        {
            return false;
        }

        try
        {
            var reader = new AsnReader(signature.ToArray(), AsnEncodingRules.DER);
            var pair = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var r = pair.ReadInteger();
            var s = pair.ReadInteger();
            pair.ThrowIfNotEmpty();
            return r.Sign > 0 && r < Order && s.Sign > 0 && s <= HalfOrder && Put(r, raw[..32]) && Put(s, raw[32..]);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool Put(BigInteger value, Span<byte> field)
    {
        var length = value.GetByteCount(isUnsigned: true);
        return value.TryWriteBytes(field[(field.Length - length)..], out _, isUnsigned: true, isBigEndian: true);
    }
}
