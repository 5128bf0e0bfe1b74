using System.Buffers.Binary;

namespace Loom.Journal.Embedded;

/// <summary>
/// The 48 bytes before a record's payload. A record is one append with all its events, so that it is there as a whole or not at all.
/// <paramref name="GroupStart"/> is where the write that carried the record began: everything before it was durable by then, which is
/// how recovery tells a torn tail (lost with its group) from damage.
/// </summary>
/// <param name="Crc">CRC-32C of payload, then bytes 8 to 47 of the header.</param>
/// <param name="PayloadLength">Bytes that follow the header.</param>
/// <param name="Count">Events in it; 0 marks an orderly close.</param>
/// <param name="Position">The record's own place in the journal, and the position of its first event.</param>
/// <param name="GroupStart">Where its group of records begins.</param>
/// <param name="FirstRevision">Revision of the first event.</param>
/// <param name="CreatedTicks">When it was stored (UTC ticks).</param>
internal readonly record struct RecordHeader(
    uint Crc, int PayloadLength, int Count, ulong Position, ulong GroupStart, long FirstRevision, long CreatedTicks)
{
    public const int Size = 48;
    public const int MaxPayload = 64 << 20;

    public static ReadOnlySpan<byte> Magic => "LREC"u8;

    /// <summary>
    /// Begins a filler: what stands in place of neighbouring records that were scavenged, exactly as long as they were. Its payload is zeros
    /// (a hole in the file) that nobody reads; the CRC is of the header alone.
    /// </summary>
    public static ReadOnlySpan<byte> FillerMagic => "LFIL"u8;

    /// <summary>Whether it is a filler: without events, and of any length.</summary>
    public bool IsFiller { get; init; }

    public int Length => Size + PayloadLength;

    public long LastRevision => FirstRevision + Count - 1;

    /// <summary>Reads a header that lies at <paramref name="position"/>; false when it cannot be one. The CRC is not checked here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ulong position, out RecordHeader header)
    {
        header = default;
        var isFiller = bytes.StartsWith(FillerMagic);
        if (bytes.Length < Size || (!isFiller && !bytes.StartsWith(Magic)))
        {
            return false;
        }

        header = new RecordHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]))
        {
            IsFiller = isFiller,
        };
        var hasLength = isFiller
            ? header is { PayloadLength: >= 0 and <= int.MaxValue - Size, Count: 0 }
            : header is { PayloadLength: >= 0 and <= MaxPayload, Count: >= 0 };
        return hasLength && header.Position == position
            && header.GroupStart <= position && (ulong)header.CreatedTicks <= (ulong)DateTime.MaxValue.Ticks;
    }

    /// <summary>Whether header and payload are what was written.</summary>
    public bool Verifies(ReadOnlySpan<byte> headerBytes, ReadOnlySpan<byte> payload) =>
        Crc32C.Finish(Crc32C.Add(Crc32C.Add(Crc32C.Start, payload), headerBytes[8..Size])) == Crc;

    /// <summary>The filler for so many bytes at a position.</summary>
    public static RecordHeader Filler(ulong position, int length) => new(0, length - Size, 0, position, position, 0, 0) { IsFiller = true };

    /// <summary>Writes the header; <paramref name="payloadCrc"/> is the running CRC after the payload. <see cref="Crc"/> is not looked at.</summary>
    public void Write(Span<byte> bytes, uint payloadCrc)
    {
        (IsFiller ? FillerMagic : Magic).CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], PayloadLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], Count);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], Position);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], GroupStart);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], FirstRevision);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], CreatedTicks);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Crc32C.Finish(Crc32C.Add(payloadCrc, bytes[8..Size])));
    }
}
