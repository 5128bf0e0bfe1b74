namespace Loom.Provenance.Zip;

/// <summary>Writes the one ZIP that given files make.</summary>
internal static class ZipWriter
{
    /// <exception cref="InvalidOperationException">The files do not fit into a ZIP without 64-bit fields (4 GiB, 65,535 files).</exception>
    public static void Write(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, Stream output)
    {
        var entries = new List<ZipEntry>();
        long offset = 0;
        foreach (var name in files.Keys.Order(StringComparer.Ordinal))
        {
            var content = files[name];
            var size = ZipHeaders.LocalSize + name.Length + (long)content.Length;
            if (offset + size > uint.MaxValue || entries.Count == ushort.MaxValue - 1)
            {
                throw new InvalidOperationException("A bundle holds at most 4 GiB and 65,534 files; export fewer streams, or a range of revisions.");
            }

            var entry = new ZipEntry(name, Crc32.Of(content.Span), (uint)content.Length, (uint)offset);
            output.Write(ZipHeaders.Local(entry));
            output.Write(content.Span);
            entries.Add(entry);
            offset += size;
        }

        uint central = 0;
        foreach (var entry in entries)
        {
            var header = ZipHeaders.Central(entry);
            output.Write(header);
            central += (uint)header.Length;
        }

        output.Write(ZipHeaders.End(entries.Count, central, (uint)offset));
    }
}
