using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>
/// A stream in the index: the first 16 bytes of the SHA-256 of its name. So short, equal keys are taken for equal names: to find two
/// names with one key takes 2^64 hashes, also for somebody who chooses the names. Every record read is compared with the name all the same.
/// </summary>
internal readonly record struct StreamKey(ulong High, ulong Low) : IComparable<StreamKey>
{
    public static StreamKey Of(StreamName stream)
    {
        Span<byte> utf8 = stackalloc byte[StreamName.MaxLength * 3];
        return Of(utf8[..Encoding.UTF8.GetBytes(stream.Value, utf8)]);
    }

    public static StreamKey Of(ReadOnlySpan<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(utf8, hash);
        return new StreamKey(BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[8..]));
    }

    public int CompareTo(StreamKey other)
    {
        var c = High.CompareTo(other.High);
        return c != 0 ? c : Low.CompareTo(other.Low);
    }

    public override int GetHashCode() => (int)Low;
}
