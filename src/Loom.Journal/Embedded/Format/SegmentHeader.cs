using System.Buffers.Binary;
using System.Globalization;

namespace Loom.Journal.Embedded;

/// <summary>The first 64 bytes of a segment file, and the file's name (docs/formats/journal-files.md).</summary>
internal static class SegmentHeader
{
    public const int Size = 64;
    public const int Version = 1;

    /// <summary>The version of a segment that was scavenged: it may hold fillers.</summary>
    public const int Scavenged = 2;

    private static ReadOnlySpan<byte> Magic => "LOOMSEG1"u8;

    public static string FileName(ulong start) => start.ToString("x16", CultureInfo.InvariantCulture) + ".seg";

    public static string IndexName(ulong start) => start.ToString("x16", CultureInfo.InvariantCulture) + ".idx";

    public static bool TryFileName(string name, out ulong start)
    {
        start = 0;
        return name.Length == 20 && name.EndsWith(".seg", StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out start)
            && FileName(start) == name;
    }

    public static void Write(Span<byte> header, ulong start, DateTimeOffset created)
    {
        header[..Size].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], Size);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], start);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], created.UtcTicks);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], Crc32C.Of(header[..60]));
    }

    public static bool IsValid(ReadOnlySpan<byte> header, ulong start) =>
        header.Length >= Size
        && header.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt32LittleEndian(header[60..]) == Crc32C.Of(header[..60])
        && BinaryPrimitives.ReadInt32LittleEndian(header[8..]) is Version or Scavenged
        && BinaryPrimitives.ReadUInt64LittleEndian(header[16..]) == start;

    /// <summary>Which records are gone (<see cref="GoneRecords"/>); 0 for a segment that was never scavenged.</summary>
    public static ulong Gone(ReadOnlySpan<byte> header) =>
        BinaryPrimitives.ReadInt32LittleEndian(header[8..]) == Scavenged ? BinaryPrimitives.ReadUInt64LittleEndian(header[32..]) : 0;

    /// <summary>Makes a header that of the same segment after scavenging.</summary>
    public static void WriteGone(Span<byte> header, ulong gone)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Scavenged);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], gone);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], Crc32C.Of(header[..60]));
    }

    /// <summary>The name that a scavenged segment has until it is whole and durable; what a crash left of such files is deleted at opening.</summary>
    public static string NewName(ulong start) => FileName(start) + ".new";

    public static bool IsNewName(string name) => name.EndsWith(".new", StringComparison.Ordinal) && TryFileName(name[..^4], out _);
}
