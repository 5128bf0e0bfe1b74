using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>Looks through a segment's records, and decides whether a bad one is a torn tail or damage.</summary>
internal static class Recovery
{
    private const int Window = 1 << 20;

    /// <summary>Walks all whole records from the start; returns the offset where they end.</summary>
    public static long Scan(IDiskFile file, ulong start, long length, ActiveIndex index, string path)
    {
        using var reader = new RecordReader(file, start, Window, Window);
        long offset = SegmentHeader.Size;
        while (reader.Read(offset, length, out var header, out var payload) == RecordStatus.Ok)
        {
            if (header.Count > 0)
            {
                if (!RecordDecoder.TryStream(payload, out var name))
                {
                    throw new JournalException(JournalFailure.Corrupt, $"{path} holds a malformed record at offset {offset}.");
                }

                index.Add(
                    new IndexEntry(StreamKey.Of(name), header.FirstRevision, (uint)offset, header.Count),
                    header.Position + (ulong)header.Count - 1,
                    isMetadata: name.StartsWith("$$"u8));
            }

            offset += header.Length;
        }

        return offset;
    }

    /// <summary>
    /// The first whole record after a bad one that was written when the bad place was already durable. There is none after a crash:
    /// a group is written only when all before it is safe. Records of the bad place's own group do not count, since any part of an
    /// unfinished write may have reached the disk.
    /// </summary>
    public static long? ProofOfDamage(IDiskFile file, ulong start, long badOffset, long length) =>
        Find(file, start, badOffset, length, afterGroup: start + (ulong)badOffset + 1);

    /// <summary>The first whole record after a bad one.</summary>
    public static long? NextRecord(IDiskFile file, ulong start, long badOffset, long length) => Find(file, start, badOffset, length, afterGroup: 0);

    private static long? Find(IDiskFile file, ulong start, long badOffset, long length, ulong afterGroup)
    {
        var rest = new byte[length - badOffset];
        var read = file.Read(badOffset, rest);
        var bytes = rest.AsSpan(0, read);
        for (var at = 1; at < bytes.Length;)
        {
            var found = bytes[at..].IndexOf(RecordHeader.Magic);
            if (found < 0)
            {
                return null;
            }

            at += found;
            var offset = badOffset + at;
            if (RecordHeader.TryRead(bytes[at..], start + (ulong)offset, out var header)
                && header.GroupStart >= afterGroup
                && header.Length <= bytes.Length - at
                && header.Verifies(bytes[at..], bytes.Slice(at + RecordHeader.Size, header.PayloadLength)))
            {
                return offset;
            }

            at++;
        }

        return null;
    }
}
