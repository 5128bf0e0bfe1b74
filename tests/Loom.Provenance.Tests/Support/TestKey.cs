using System.Numerics;
using System.Security.Cryptography;
using Loom.Core;

namespace Loom.Provenance.Tests;

/// <summary>A signer whose key follows from a number, so that a test's keys are the same in every run. Never for anything but tests.</summary>
public sealed class TestKey : ISigner
{
    private readonly ECDsa _key;

    public TestKey(string name, int number)
    {
        Name = name;
        var d = SHA256.HashData(BitConverter.GetBytes(number));
        d[0] &= 0x7f; // below the group's order
        _key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
        PublicKey = _key.ExportSubjectPublicKeyInfo();
    }

    public string Name { get; }

    public ReadOnlyMemory<byte> PublicKey { get; }

    public byte[] Sign(ReadOnlySpan<byte> data) => EcdsaP256.Sign(_key, data);

    /// <summary>Entry of a trust file for this key under a log's origin.</summary>
    public TrustedLogKey Trusted(string origin, long from = 0, long? to = null, long? revoked = null) =>
        new() { Name = origin, PublicKey = PublicKey.ToArray(), FromSize = from, ToSize = to, RevokedAfterSize = revoked };
}
