using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>
/// Writes a segment anew without the records that go. The new file has the old one's length and every other record at its old place; in place
/// of those that go are fillers over holes. It gets its name only once it is whole, checked and durable, so that a crash at any
/// moment leaves the old file or the new one.
/// </summary>
internal sealed class SegmentScavenger(SegmentedJournalOptions options, SegmentStore store)
{
    private const int Chunk = 1 << 20;

    /// <exception cref="IOException">The disk failed or is full: the old file stays.</exception>
    public void Rewrite(Segment old, long length, SegmentPlan plan, CancellationToken closing)
    {
        var path = Path.Combine(options.Directory, SegmentHeader.NewName(old.Start));
        IDiskFile? file = null;
        Segment scavenged;
        try
        {
            var gone = Write(path, old, length, plan, closing);
            file = options.Disk.Open(path, DiskAccess.Read);
            scavenged = Checked(file, old, length, gone, path);
            options.Disk.Rename(path, old.Path);
        }
        catch
        {
            file?.Dispose();
            DeleteQuietly(path);
            throw;
        }

        // From here on the name is the new file's, whether that is durable yet or not: either file is whole.
        store.Replace(old, scavenged);
        SegmentOpening.Seal(options, scavenged, length);
        options.Disk.SyncDirectory(options.Directory);
    }

    private ulong Write(string path, Segment old, long length, SegmentPlan plan, CancellationToken closing)
    {
        using var gone = new GoneRecords();
        using var file = options.Disk.Open(path, DiskAccess.ReadWrite);
        file.SetLength(0);
        file.SetLength(length);
        var buffer = new byte[Chunk];
        long at = SegmentHeader.Size;
        foreach (var (offset, end) in plan.Fillers)
        {
            Copy(old.File, file, at, offset, buffer, closing);
            RecordHeader.Filler(old.Start + (ulong)offset, (int)(end - offset)).Write(buffer, Crc32C.Start);
            file.Write(offset, buffer.AsSpan(0, RecordHeader.Size));
            gone.Add(offset, end - offset);
            at = end;
        }

        Copy(old.File, file, at, length, buffer, closing);
        var header = buffer.AsSpan(0, SegmentHeader.Size);
        if (old.File.Read(0, header) != header.Length)
        {
            throw old.Damaged(0, "its header is not there any more");
        }

        var which = gone.Finish();
        SegmentHeader.WriteGone(header, which);
        file.Write(0, header);
        file.Sync();
        return which;
    }

    private static void Copy(IDiskFile from, IDiskFile to, long offset, long end, byte[] buffer, CancellationToken closing)
    {
        while (offset < end)
        {
            closing.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset));
            if (from.Read(offset, part) != part.Length)
            {
                throw new IOException("A segment is shorter than it was.");
            }

            to.Write(offset, part);
            offset += part.Length;
        }
    }

    /// <summary>Reads the new file as an opening would: every record that stays must be there, whole.</summary>
    private static Segment Checked(IDiskFile file, Segment old, long length, ulong gone, string path)
    {
        var index = new ActiveIndex();
        var end = Recovery.Scan(file, old.Start, length, index, path);
        return end == length
            ? new Segment(old.Path, old.Start, file, index, gone)
            : throw old.Damaged(end, "a copy of what lies there is not whole; the segment was not scavenged");
    }

    private void DeleteQuietly(string path)
    {
        try
        {
            options.Disk.Delete(path);
        }
        catch (IOException)
        {
            // The next opening deletes it.
        }
    }
}
