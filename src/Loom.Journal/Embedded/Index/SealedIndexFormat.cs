using System.Buffers.Binary;

namespace Loom.Journal.Embedded;

/// <summary>Bytes of an index file: a header page, sorted pages of entries, then the tables (docs/formats/journal-files.md).</summary>
internal static class SealedIndexFormat
{
    public const int Page = 4096;
    public const int EntrySize = 32;
    public const int EntriesPerPage = (Page - 8) / EntrySize;
    public const int Version = 1;

    /// <summary>Byte 56 of the header: no entry is of a stream's metadata. Files of before have 0 there, which says nothing.</summary>
    public const byte NoMetadata = 1;
    private const byte HasMetadata = 2;

    /// <summary>Where the header says which state of a scavenged segment it belongs to; 0 for one that was never scavenged.</summary>
    public const int Gone = 64;

    public static ReadOnlySpan<byte> Magic => "LOOMIDX1"u8;

    /// <summary>Writes the file under a temporary name, makes it durable, then gives it its name.</summary>
    public static void Write(IDisk disk, string directory, ulong start, long segmentLength, ulong gone, ActiveIndex index)
    {
        var entries = index.ToSorted();
        var sparse = index.Sparse.ToArray();
        var pages = (entries.Length + EntriesPerPage - 1) / EntriesPerPage;
        var tables = (pages * 8) + (sparse.Length * 4);
        var bytes = new byte[Page + ((long)pages * Page) + tables];
        var fences = bytes.AsSpan(Page + (pages * Page));
        for (var p = 0; p < pages; p++)
        {
            var page = bytes.AsSpan(Page + (p * Page), Page);
            var part = entries.AsSpan(p * EntriesPerPage, Math.Min(EntriesPerPage, entries.Length - (p * EntriesPerPage)));
            BinaryPrimitives.WriteInt32LittleEndian(page[4..], part.Length);
            for (var i = 0; i < part.Length; i++)
            {
                WriteEntry(page[(8 + (i * EntrySize))..], part[i]);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(page, Crc32C.Of(page[4..]));
            BinaryPrimitives.WriteUInt64LittleEndian(fences[(p * 8)..], part[0].Key.High);
        }

        for (var i = 0; i < sparse.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(fences[((pages * 8) + (i * 4))..], sparse[i]);
        }

        var header = bytes.AsSpan(0, Page);
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], pages);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], start);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], segmentLength);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], entries.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], index.LastPosition ?? 0);
        BinaryPrimitives.WriteInt32LittleEndian(header[48..], sparse.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[52..], Crc32C.Of(fences));
        header[56] = index.MayHoldMetadata ? HasMetadata : NoMetadata;
        BinaryPrimitives.WriteUInt64LittleEndian(header[Gone..], gone);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4092..], Crc32C.Of(header[..4092]));

        var name = Path.Combine(directory, SegmentHeader.IndexName(start));
        var temporary = name + ".tmp";
        using (var file = disk.Open(temporary, DiskAccess.ReadWrite))
        {
            file.SetLength(0);
            file.Write(0, bytes);
            file.Sync();
        }

        disk.Rename(temporary, name);
    }

    public static IndexEntry ReadEntry(ReadOnlySpan<byte> bytes) => new(
        new StreamKey(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]));

    private static void WriteEntry(Span<byte> bytes, in IndexEntry entry)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, entry.Key.High);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], entry.Key.Low);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], entry.FirstRevision);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], entry.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[28..], entry.Count);
    }
}
