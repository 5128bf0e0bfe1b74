using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>Sees every record of a journal, in order.</summary>
internal interface IRecordVisitor
{
    /// <summary>A whole record with events.</summary>
    void Record(string file, long offset, in RecordHeader header, ReadOnlySpan<byte> streamUtf8, ReadOnlySpan<byte> payload);

    /// <summary>Something is wrong.</summary>
    void Damage(string file, long offset, string what);

    /// <summary>The rest of an unfinished write.</summary>
    void TornTail(long bytes);
}

/// <summary>Walks the segment files of a folder from the first byte to the last, past damage where there is some.</summary>
internal static class RecordWalk
{
    private const int Window = 1 << 20;

    /// <returns>Number of segments, and their bytes.</returns>
    public static (int Segments, long Bytes) Run(
        IDisk disk, string directory, string step, IRecordVisitor visitor, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        if (!disk.DirectoryExists(directory))
        {
            throw new JournalException(JournalFailure.Unavailable, $"There is no folder {directory}. Name the folder of a journal.");
        }

        var starts = new List<ulong>();
        foreach (var name in disk.ListFiles(directory))
        {
            if (SegmentHeader.TryFileName(name, out var start))
            {
                starts.Add(start);
            }
        }

        starts.Sort();
        if (starts.Count == 0)
        {
            throw new JournalException(JournalFailure.Unavailable, $"There is no journal in {directory}: it holds no segment file.");
        }

        long total = 0;
        long done = 0;
        var files = starts.Select(start => (Start: start, Path: Path.Combine(directory, SegmentHeader.FileName(start)))).ToList();
        var open = files.ConvertAll(f => disk.Open(f.Path, DiskAccess.Read));
        try
        {
            total = open.Sum(f => f.Length);
            var expected = 0UL;
            for (var i = 0; i < files.Count; i++)
            {
                var (start, path) = files[i];
                var length = open[i].Length;
                if (start != expected)
                {
                    visitor.Damage(path, 0, $"it begins at position {start}, but the files before it end at {expected}");
                }

                expected = start + (ulong)length;
                One(open[i], path, start, length, i == files.Count - 1, visitor, offset => progress?.Report(new JournalProgress(step, done + offset, total)), cancellationToken);
                done += length;
            }

            progress?.Report(new JournalProgress(step, total, total));
            return (files.Count, total);
        }
        finally
        {
            open.ForEach(f => f.Dispose());
        }
    }

    private static void One(
        IDiskFile file, string path, ulong start, long length, bool isLast, IRecordVisitor visitor, Action<long> report, CancellationToken cancellationToken)
    {
        var header = new byte[SegmentHeader.Size];
        if (file.Read(0, header) != header.Length || !SegmentHeader.IsValid(header, start))
        {
            if (isLast && length <= SegmentHeader.Size)
            {
                visitor.TornTail(length);
                return;
            }

            visitor.Damage(path, 0, "the segment's header is wrong");
        }

        using var gone = new GoneRecords();
        var isWhole = true;
        using var reader = new RecordReader(file, start, Window, Window);
        long offset = SegmentHeader.Size;
        long reported = 0;
        while (offset < length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.Read(offset, length, out var record, out var payload) == RecordStatus.Ok)
            {
                if (record.Count > 0)
                {
                    if (RecordDecoder.TryStream(payload, out var name))
                    {
                        visitor.Record(path, offset, record, name, payload);
                    }
                    else
                    {
                        visitor.Damage(path, offset, "the record names no stream");
                    }
                }

                if (record.IsFiller)
                {
                    gone.Add(offset, record.Length);
                    if (FirstByte(file, offset + RecordHeader.Size, offset + record.Length) is { } at)
                    {
                        visitor.Damage(path, at, "what stands in place of scavenged records is not empty");
                    }
                }

                offset += record.Length;
                if (offset - reported >= 16 << 20)
                {
                    reported = offset;
                    report(offset);
                }

                continue;
            }

            if (isLast && Recovery.ProofOfDamage(file, start, offset, length) is null)
            {
                visitor.TornTail(length - offset);
                return;
            }

            isWhole = false;
            visitor.Damage(path, offset, "no whole record lies there, or its checksum is wrong");
            offset = Recovery.NextRecord(file, start, offset, length) ?? length;
        }

        if (isWhole && SegmentHeader.IsValid(header, start) && gone.Finish() != SegmentHeader.Gone(header))
        {
            visitor.Damage(path, 0, "other records were taken out of the segment than its header says");
        }
    }

    /// <summary>The first byte of a hole that is none; null when all is empty.</summary>
    private static long? FirstByte(IDiskFile file, long from, long to)
    {
        var buffer = new byte[Math.Min(Window, to - from)];
        while (from < to)
        {
            var read = file.Read(from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - from)));
            var at = buffer.AsSpan(0, read).IndexOfAnyExcept((byte)0);
            if (read == 0 || at >= 0)
            {
                return from + Math.Max(0, at);
            }

            from += read;
        }

        return null;
    }
}
