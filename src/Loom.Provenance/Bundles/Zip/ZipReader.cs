using System.Buffers.Binary;
using System.Text;

namespace Loom.Provenance.Zip;

/// <summary>
/// Reads a ZIP and refuses every one that <see cref="ZipWriter"/> would not have written. Nothing is decompressed (all is stored), so
/// memory is what the caller already holds.
/// </summary>
internal static class ZipReader
{
    private const int MaxName = 96;

    /// <exception cref="BundleMalformedException">The archive differs from the writer's form; the message says where.</exception>
    public static Dictionary<string, ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> archive, int maxEntries)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var entries = new List<ZipEntry>();
        var offset = 0;
        while (archive.Length - offset >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(archive.Span[offset..]) == ZipHeaders.LocalSignature)
        {
            if (entries.Count == maxEntries)
            {
                throw Malformed(offset, $"more than {maxEntries} files");
            }

            var (entry, content) = ReadEntry(archive, offset);
            if (entries.Count > 0 && string.CompareOrdinal(entries[^1].Name, entry.Name) >= 0)
            {
                throw Malformed(offset, $"the files are not sorted, or '{entry.Name}' is there twice");
            }

            entries.Add(entry);
            files.Add(entry.Name, content);
            offset += ZipHeaders.LocalSize + entry.Name.Length + content.Length;
        }

        if (entries.Count == 0)
        {
            throw Malformed(0, "this is no bundle (a ZIP with stored files was expected)");
        }

        CheckDirectory(archive.Span, offset, entries);
        return files;
    }

    private static (ZipEntry Entry, ReadOnlyMemory<byte> Content) ReadEntry(ReadOnlyMemory<byte> archive, int offset)
    {
        var rest = archive.Span[offset..];
        if (rest.Length < ZipHeaders.LocalSize)
        {
            throw Malformed(offset, "the archive ends within a file's header");
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(rest[18..]);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[26..]);
        if (nameLength is 0 or > MaxName || ZipHeaders.LocalSize + nameLength + (long)size > rest.Length)
        {
            throw Malformed(offset, "a file's name or content reaches beyond what a bundle allows, or beyond the archive's end");
        }

        var nameBytes = rest.Slice(ZipHeaders.LocalSize, nameLength);
        if (nameBytes.ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./-"u8))
        {
            throw Malformed(offset, "a file's name has characters that no file of a bundle has");
        }

        var name = Encoding.ASCII.GetString(nameBytes);
        var content = archive.Slice(offset + ZipHeaders.LocalSize + nameLength, (int)size);
        var entry = new ZipEntry(name, BinaryPrimitives.ReadUInt32LittleEndian(rest[14..]), size, (uint)offset);
        if (!rest[..(ZipHeaders.LocalSize + nameLength)].SequenceEqual(ZipHeaders.Local(entry)))
        {
            throw Malformed(offset, $"the header of '{name}' is not as a bundle has it (stored, dated 1980-01-01, no flags, no extra fields)");
        }

        return Crc32.Of(content.Span) == entry.Crc ? (entry, content) : throw new BundleMalformedException(name, "its checksum (CRC-32) is wrong: the file was damaged");
    }

    private static void CheckDirectory(ReadOnlySpan<byte> archive, int start, List<ZipEntry> entries)
    {
        var offset = start;
        foreach (var entry in entries)
        {
            var expected = ZipHeaders.Central(entry);
            if (archive.Length - offset < expected.Length || !archive.Slice(offset, expected.Length).SequenceEqual(expected))
            {
                throw Malformed(offset, $"the central directory does not repeat the header of '{entry.Name}' exactly");
            }

            offset += expected.Length;
        }

        if (!archive[offset..].SequenceEqual(ZipHeaders.End(entries.Count, (uint)(offset - start), (uint)start)))
        {
            throw Malformed(offset, "the archive does not end as a bundle ends (wrong counts, a comment, or bytes after the end)");
        }
    }

    private static BundleMalformedException Malformed(int offset, string reason) => new($"zip, byte {offset}", reason);
}
