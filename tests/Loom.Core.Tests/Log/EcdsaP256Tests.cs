using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Loom.Core;
using Xunit;

namespace Loom.Core.Tests.Log;

public sealed class EcdsaP256Tests
{
    private static readonly BigInteger Order = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [Fact]
    public void Signatures_verify_and_their_high_s_twins_do_not()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var spki = key.ExportSubjectPublicKeyInfo();
        for (var i = 0; i < 64; i++)
        {
            byte[] data = [(byte)i, 1, 2];
            var signature = EcdsaP256.Sign(key, data);
            Assert.True(EcdsaP256.Verify(spki, data, signature));
            Assert.False(EcdsaP256.Verify(spki, [(byte)i, 1, 3], signature));
            var (r, s) = Read(signature);
            Assert.True(key.VerifyData(data, Der(r, Order - s), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
            Assert.False(EcdsaP256.Verify(spki, data, Der(r, Order - s)));
        }
    }

    [Fact]
    public void Only_the_one_DER_form_is_accepted()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var spki = key.ExportSubjectPublicKeyInfo();
        var signature = EcdsaP256.Sign(key, [1]);
        var (r, s) = Read(signature);
        Assert.False(EcdsaP256.Verify(spki, [1], [.. signature, 0]));
        Assert.False(EcdsaP256.Verify(spki, [1], signature.AsSpan(0, signature.Length - 1)));
        Assert.False(EcdsaP256.Verify(spki, [1], key.SignData([1], HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)));
        Assert.False(EcdsaP256.Verify(spki, [1], Der(r + Order, s)));
        Assert.False(EcdsaP256.Verify(spki, [1], Der(0, s)));
        Assert.False(EcdsaP256.Verify(spki, [1], Der(r, 0)));
        Assert.False(EcdsaP256.Verify(spki, [1], Der(r, -s)));
        Assert.False(EcdsaP256.Verify(spki, [1], []));
        byte[] longLength = [0x30, 0x81, .. signature.AsSpan(1)];
        Assert.False(EcdsaP256.Verify(spki, [1], longLength));
    }

    [Fact]
    public void Keys_in_other_forms_or_on_other_curves_are_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var spki = key.ExportSubjectPublicKeyInfo();
        Assert.True(EcdsaP256.IsPublicKey(spki));
        Assert.False(EcdsaP256.IsPublicKey(larger.ExportSubjectPublicKeyInfo()));
        Assert.False(EcdsaP256.IsPublicKey([.. spki, 0]));
        Assert.False(EcdsaP256.IsPublicKey(new byte[91]));
        var offCurve = spki.ToArray();
        offCurve[^1] ^= 1;
        Assert.False(EcdsaP256.IsPublicKey(offCurve));
        Assert.False(EcdsaP256.Verify(offCurve, [1], EcdsaP256.Sign(key, [1])));
    }

    private static (BigInteger R, BigInteger S) Read(byte[] signature)
    {
        var pair = new AsnReader(signature, AsnEncodingRules.DER).ReadSequence();
        return (pair.ReadInteger(), pair.ReadInteger());
    }

    private static byte[] Der(BigInteger r, BigInteger s)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }

        return writer.Encode();
    }
}
