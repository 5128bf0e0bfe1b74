using System.Security.Cryptography;
using Loom.Core;

namespace Loom.Journal.Keys;

/// <summary>A P-256 key held in memory, from a key file. Its private part leaves only through <see cref="KeyFile"/>. Thread-safe.</summary>
public sealed class EcdsaSigner : ISigner, IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _gate = new();

    internal EcdsaSigner(ECDsa key, string role)
    {
        _key = key;
        PublicKey = key.ExportSubjectPublicKeyInfo();
        Name = $"{role}-{NoteKeys.Text(NoteKeys.Ecdsa(PublicKey.Span))}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            return EcdsaP256.Sign(_key, data);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
