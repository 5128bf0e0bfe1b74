using System.Security.Cryptography;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>A log key, trusted for a range of tree sizes (never of times).</summary>
public sealed record TrustedLogKey
{
    /// <summary>The key's name, which is the log's origin.</summary>
    public required string Name { get; init; }

    /// <summary>ECDSA P-256, as SubjectPublicKeyInfo (DER).</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The smallest tree size that the key signs.</summary>
    public long FromSize { get; init; }

    /// <summary>The largest tree size that the key signs; null while it is in use.</summary>
    public long? ToSize { get; init; }

    /// <summary>Set when the key was compromised: nothing it signed beyond this size counts.</summary>
    public long? RevokedAfterSize { get; init; }

    /// <summary>SHA-256 of <see cref="PublicKey"/>.</summary>
    public Digest KeyId => Digest.Of(PublicKey);

    /// <summary>Why the key does not count at this tree size; null when it does.</summary>
    public string? RefusesSize(long size) =>
        RevokedAfterSize is { } revoked && size > revoked ? $"the key was revoked after tree size {revoked}"
        : size < FromSize ? $"the key is trusted from tree size {FromSize} on only"
        : ToSize is { } last && size > last ? $"the key is trusted up to tree size {last} only"
        : null;
}

/// <summary>A key known by name: of a witness (Ed25519, 32 bytes) or a notary (SPKI DER).</summary>
/// <param name="Name">The name.</param>
/// <param name="PublicKey">The key.</param>
public sealed record TrustedKey(string Name, byte[] PublicKey);

/// <summary>What a prover may commit to for a module.</summary>
/// <param name="Module">SHA-256 of the module.</param>
/// <param name="Image">The image id.</param>
/// <param name="Sets">The parameter sets that are accepted.</param>
public sealed record TrustedImage(Digest Module, Digest Image, IReadOnlyList<string> Sets);

/// <summary>
/// What the auditor believes before looking at any bundle: the trust file (<c>docs/formats/trust-file.md</c>). Nothing of it is ever taken
/// from a bundle.
/// </summary>
public sealed record TrustRoot
{
    /// <summary>The claims required when the file names none.</summary>
    public static IReadOnlyList<Claim> DefaultRequired { get; } = [Claim.Intact, Claim.Ordered, Claim.Signed, Claim.Complete];

    /// <summary>The keys of logs.</summary>
    public IReadOnlyList<TrustedLogKey> LogKeys { get; init; } = [];

    /// <summary>The keys of notaries.</summary>
    public IReadOnlyList<TrustedKey> NotaryKeys { get; init; } = [];

    /// <summary>The keys of witnesses.</summary>
    public IReadOnlyList<TrustedKey> WitnessKeys { get; init; } = [];

    /// <summary>The image ids of modules.</summary>
    public IReadOnlyList<TrustedImage> Images { get; init; } = [];

    /// <summary>The claims that have to be covered.</summary>
    public IReadOnlyList<Claim> Required { get; init; } = DefaultRequired;

    /// <summary>Reads a trust file.</summary>
    /// <exception cref="FormatException">Names the member or line, the reason and what is expected.</exception>
    public static TrustRoot Parse(ReadOnlyMemory<byte> utf8) => TrustFile.Parse(utf8);

    /// <summary>The trust file's text: indented JSON, for people to read and edit.</summary>
    public byte[] Write() => TrustFile.Write(this);

    /// <summary>SHA-256 of a key in sixteen groups of four hex digits, to be read over the telephone.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> publicKey)
    {
        var hex = Convert.ToHexStringLower(SHA256.HashData(publicKey));
        return string.Join(' ', Enumerable.Range(0, 16).Select(i => hex.Substring(4 * i, 4)));
    }
}
