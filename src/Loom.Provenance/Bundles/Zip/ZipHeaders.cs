using System.Buffers.Binary;
using System.Text;

namespace Loom.Provenance.Zip;

/// <summary>A file in the archive: its name (ASCII), checksum, size and the offset of its local header.</summary>
internal sealed record ZipEntry(string Name, uint Crc, uint Size, uint Offset);

/// <summary>
/// The only headers that a bundle has: stored, dated 1980-01-01 00:00, no flags, extra fields, attributes or comments. The reader makes
/// these from what it read and compares bytes, so writer and reader cannot disagree on what is allowed.
/// </summary>
internal static class ZipHeaders
{
    public const int LocalSize = 30;
    public const int CentralSize = 46;
    public const int EndSize = 22;
    public const uint LocalSignature = 0x04034b50;
    private const ushort Version = 20;
    private const ushort Date = (0 << 9) | (1 << 5) | 1;

    public static byte[] Local(ZipEntry entry)
    {
        var header = new byte[LocalSize + entry.Name.Length];
        var span = header.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, LocalSignature);
        Common(span[4..], entry);
        Encoding.ASCII.GetBytes(entry.Name, span[LocalSize..]);
        return header;
    }

    public static byte[] Central(ZipEntry entry)
    {
        var header = new byte[CentralSize + entry.Name.Length];
        var span = header.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, 0x02014b50);
        BinaryPrimitives.WriteUInt16LittleEndian(span[4..], Version);
        Common(span[6..], entry);
        BinaryPrimitives.WriteUInt32LittleEndian(span[42..], entry.Offset);
        Encoding.ASCII.GetBytes(entry.Name, span[CentralSize..]);
        return header;
    }

    public static byte[] End(int entries, uint centralSize, uint centralOffset)
    {
        var header = new byte[EndSize];
        var span = header.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(span[8..], (ushort)entries);
        BinaryPrimitives.WriteUInt16LittleEndian(span[10..], (ushort)entries);
        BinaryPrimitives.WriteUInt32LittleEndian(span[12..], centralSize);
        BinaryPrimitives.WriteUInt32LittleEndian(span[16..], centralOffset);
        return header;
    }

    // From "version needed" to "extra field length": the same in both headers.
    private static void Common(Span<byte> span, ZipEntry entry)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(span, Version);
        BinaryPrimitives.WriteUInt16LittleEndian(span[8..], Date);
        BinaryPrimitives.WriteUInt32LittleEndian(span[10..], entry.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(span[14..], entry.Size);
        BinaryPrimitives.WriteUInt32LittleEndian(span[18..], entry.Size);
        BinaryPrimitives.WriteUInt16LittleEndian(span[22..], (ushort)entry.Name.Length);
    }
}
