using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Loom.Journal.Embedded;

/// <summary>
/// Tells one scavenged state of a segment from another: the first 8 bytes of the SHA-256 over offset and length (u32 each) of every filler.
/// The segment's header and its index carry it, so that an index of before or after is never taken for the segment's own.
/// </summary>
internal sealed class GoneRecords : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _hasSome;

    public void Add(long offset, long length)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)offset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], (uint)length);
        _hash.AppendData(bytes);
        _hasSome = true;
    }

    /// <summary>The number; 0 without fillers.</summary>
    public ulong Finish() => _hasSome ? BinaryPrimitives.ReadUInt64LittleEndian(_hash.GetHashAndReset()) : 0;

    public void Dispose() => _hash.Dispose();
}
