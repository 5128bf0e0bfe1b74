using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Loom.Core;
using Xunit;

namespace Loom.Core.Tests.Log;

public sealed class Ed25519Tests
{
    // RFC 8032, section 7.1.
    public static TheoryData<string, string, string> Rfc8032 => new()
    {
        {
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", Convert.ToHexStringLower(SHA512.HashData("abc"u8)),
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    // The encodings of the points of order 1, 2, 4 and 8, canonical or not.
    public static TheoryData<string> SmallOrder =>
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];

    [Theory]
    [MemberData(nameof(Rfc8032))]
    public void Signatures_of_RFC_8032_verify_and_no_flipped_bit_does(string key, string message, string signature)
    {
        var (k, m, s) = (Hex(key), Hex(message), Hex(signature));
        Assert.True(Ed25519.Verify(k, m, s));
        Assert.False(Ed25519.Verify(k, [.. m, 0], s));
        for (var i = 0; i < 64; i += 7)
        {
            var bad = s.ToArray();
            bad[i] ^= (byte)(1 << (i % 8));
            Assert.False(Ed25519.Verify(k, m, bad));
        }
    }

    [Fact]
    public void A_scalar_above_the_order_is_refused()
    {
        var (k, m, s) = (Hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), Array.Empty<byte>(),
            Hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"));
        var order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
        var raised = new BigInteger(s.AsSpan(32), isUnsigned: true) + order;
        var bytes = raised.ToByteArray(isUnsigned: true);
        var bad = s.ToArray();
        bytes.CopyTo(bad, 32);
        Assert.True(Ed25519.Verify(k, m, s));
        Assert.False(Ed25519.Verify(k, m, bad));
    }

    [Theory]
    [MemberData(nameof(SmallOrder))]
    public void Points_of_small_order_or_not_canonical_are_refused_as_key_and_as_R(string point)
    {
        // With S = 0 and R = A of small order, many (key, message) pairs satisfy the bare equation.
        for (var i = 0; i < 16; i++)
        {
            Assert.False(Ed25519.Verify(Hex(point), Encoding.UTF8.GetBytes($"message {i}"), [.. Hex(point), .. new byte[32]]));
        }

        var key = Hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        Assert.False(Ed25519.Verify(key, [], [.. Hex(point), .. new byte[32]]));
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(31, 64)]
    [InlineData(33, 64)]
    [InlineData(32, 63)]
    [InlineData(32, 65)]
    [InlineData(32, 0)]
    public void Wrong_lengths_are_refused(int key, int signature) => Assert.False(Ed25519.Verify(new byte[key], [], new byte[signature]));

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
