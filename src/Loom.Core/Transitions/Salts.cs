using System.Security.Cryptography;
using System.Text;

namespace Loom.Core;

/// <summary>Salted digests (format v1): part salt = HMAC-SHA-256(transition salt, label); digest = SHA-256(part salt ‖ bytes).</summary>
public static class Salts
{
    /// <summary>Length of a transition salt and of a part salt, in bytes.</summary>
    public const int Size = 32;

    /// <summary>Label of the command's body.</summary>
    public const string Command = "command";

    /// <summary>Label of the new state.</summary>
    public const string To = "to";

    /// <summary>Label of the event at <paramref name="index"/>.</summary>
    public static string Event(int index) => $"event:{index}";

    /// <summary>Label of the input at <paramref name="index"/>.</summary>
    public static string Input(int index) => $"input:{index}";

    /// <summary>The salt of one part.</summary>
    public static byte[] Part(ReadOnlySpan<byte> transitionSalt, string label) =>
        HMACSHA256.HashData(transitionSalt, Encoding.ASCII.GetBytes(label));

    /// <summary>The digest of a part's bytes under its salt.</summary>
    public static Digest DigestOf(ReadOnlySpan<byte> partSalt, ReadOnlySpan<byte> bytes)
    {
        // Nearly all parts are short, and one call costs half of what setting up an incremental hash does.
        const int OnStack = 1024;
        if (partSalt.Length + bytes.Length <= OnStack)
        {
            Span<byte> both = stackalloc byte[OnStack];
            partSalt.CopyTo(both);
            bytes.CopyTo(both[partSalt.Length..]);
            return Digest.Of(both[..(partSalt.Length + bytes.Length)]);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(partSalt);
        hash.AppendData(bytes);
        Span<byte> digest = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(digest);
        return new Digest(digest);
    }
}

/// <summary>The part salts of one transition, for whoever needs several: its salt is set up as a key once.</summary>
internal readonly struct PartSalts(byte[] transitionSalt) : IDisposable
{
    private readonly IncrementalHash _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, transitionSalt);

    /// <summary>The digest of a part's bytes under the salt of its label.</summary>
    public Digest DigestOf(string label, ReadOnlySpan<byte> bytes)
    {
        Span<byte> ascii = stackalloc byte[label.Length];
        Encoding.ASCII.GetBytes(label, ascii);
        Span<byte> partSalt = stackalloc byte[Salts.Size];
        _hmac.AppendData(ascii);
        _hmac.GetHashAndReset(partSalt);
        return Salts.DigestOf(partSalt, bytes);
    }

    public void Dispose() => _hmac.Dispose();
}
