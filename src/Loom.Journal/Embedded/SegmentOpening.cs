using Loom.Core;
using Microsoft.Extensions.Logging;

namespace Loom.Journal.Embedded;

/// <summary>Opens the segments of a folder: checks that they follow on, recovers the last one, finds or builds the indexes of the others.</summary>
internal sealed class SegmentOpening(SegmentedJournalOptions options)
{
    private readonly IDisk _disk = options.Disk;
    private long _lastLength = SegmentHeader.Size;

    public bool EndsOrderly { get; private set; } = true;

    public JournalRecovery? Cut { get; private set; }

    public Durable Open()
    {
        var starts = FindSegments();
        var segments = new List<Segment>();
        try
        {
            for (var i = 0; i < starts.Count; i++)
            {
                segments.Add(i + 1 < starts.Count ? OpenSealed(starts[i], starts[i + 1]) : OpenLast(starts[i]));
            }

            if (segments.Count == 0)
            {
                segments.Add(Create(options, 0));
            }

            var last = segments[^1];
            var end = last.Start + (ulong)_lastLength;
            return new Durable([.. segments], end, segments.LastOrDefault(s => s.Index.LastPosition is not null)?.Index.LastPosition);
        }
        catch
        {
            segments.ForEach(s => s.Dispose());
            throw;
        }
    }

    /// <summary>Makes an empty segment file, durable with its name.</summary>
    public static Segment Create(SegmentedJournalOptions options, ulong start)
    {
        var path = Path.Combine(options.Directory, SegmentHeader.FileName(start));
        if (options.ReadOnly)
        {
            throw new JournalException(JournalFailure.Unavailable, $"There is no journal in {options.Directory}.");
        }

        var file = options.Disk.Open(path, DiskAccess.ReadWrite);
        try
        {
            Initialise(options, file, start);
            return new Segment(path, start, file, new ActiveIndex());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes the index file of a complete segment. Where that fails the index in memory goes on, and the next opening tries again.</summary>
    public static void Seal(SegmentedJournalOptions options, Segment segment, long length)
    {
        if (segment.Index is not ActiveIndex index || options.ReadOnly)
        {
            return;
        }

        try
        {
            SealedIndexFormat.Write(options.Disk, options.Directory, segment.Start, length, segment.Gone, index);
            options.Disk.SyncDirectory(options.Directory);
            if (SealedIndex.TryOpen(options.Disk, options.Directory, segment.Start, length, segment.Gone, Rebuild(options, segment.Start, length), out var sealedIndex))
            {
                segment.Index = sealedIndex;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            options.Log?.LogWarning(e, "The index of {Segment} could not be written; it stays in memory.", segment.Path);
        }
    }

    private static void Initialise(SegmentedJournalOptions options, IDiskFile file, ulong start)
    {
        var header = new byte[SegmentHeader.Size];
        SegmentHeader.Write(header, start, options.Time.GetUtcNow());
        file.SetLength(0);
        file.Write(0, header);
        file.Sync();
        options.Disk.SyncDirectory(options.Directory);
    }

    private static Func<ActiveIndex> Rebuild(SegmentedJournalOptions options, ulong start, long length) => () =>
    {
        var path = Path.Combine(options.Directory, SegmentHeader.FileName(start));
        using var file = options.Disk.Open(path, DiskAccess.Read);
        var index = new ActiveIndex();
        var end = Recovery.Scan(file, start, length, index, path);
        return end == length
            ? index
            : throw new JournalException(JournalFailure.Corrupt, $"{path} is damaged at offset {end}. Restore a backup, or run 'loom journal check' for the extent.");
    };

    private List<ulong> FindSegments()
    {
        var starts = new List<ulong>();
        if (!_disk.DirectoryExists(options.Directory))
        {
            return starts;
        }

        foreach (var name in _disk.ListFiles(options.Directory))
        {
            if (SegmentHeader.TryFileName(name, out var start))
            {
                starts.Add(start);
            }
            else if (!options.ReadOnly && SegmentHeader.IsNewName(name))
            {
                _disk.Delete(Path.Combine(options.Directory, name)); // a scavenge that a crash ended
            }
        }

        starts.Sort();
        if (starts.Count > 0 && starts[0] != 0)
        {
            throw new JournalException(
                JournalFailure.Corrupt, $"The first segment of {options.Directory} is missing: {SegmentHeader.FileName(0)}. Restore a backup.");
        }

        return starts;
    }

    private Segment OpenSealed(ulong start, ulong next)
    {
        var path = Path.Combine(options.Directory, SegmentHeader.FileName(start));
        var file = _disk.Open(path, DiskAccess.Read);
        try
        {
            var length = (long)(next - start);
            if (file.Length != length)
            {
                throw new JournalException(
                    JournalFailure.Corrupt,
                    $"{path} has {file.Length} bytes, but the segment after it begins at offset {length}: something is missing or was changed. Restore a backup.");
            }

            if (!HasHeader(file, start, out var gone))
            {
                throw new JournalException(JournalFailure.Corrupt, $"{path} is damaged at offset 0: its header is wrong. Restore a backup.");
            }

            var rebuild = Rebuild(options, start, length);
            if (SealedIndex.TryOpen(_disk, options.Directory, start, length, gone, rebuild, out var index))
            {
                return new Segment(path, start, file, index, gone);
            }

            var segment = new Segment(path, start, file, rebuild(), gone);
            Seal(options, segment, length);
            return segment;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private Segment OpenLast(ulong start)
    {
        var path = Path.Combine(options.Directory, SegmentHeader.FileName(start));
        var file = _disk.Open(path, options.ReadOnly ? DiskAccess.Read : DiskAccess.ReadWrite);
        try
        {
            var length = file.Length;
            if (!HasHeader(file, start, out var gone))
            {
                return Unborn(path, file, start, length);
            }

            var index = new ActiveIndex();
            var end = Recovery.Scan(file, start, length, index, path);
            if (end < length)
            {
                if (Recovery.ProofOfDamage(file, start, end, length) is { } proof)
                {
                    throw new JournalException(
                        JournalFailure.Corrupt,
                        $"{path} is damaged at offset {end}: what lies there was durable before the record at offset {proof} was written. Nothing was changed. Restore a backup, or run 'loom journal check' for the extent.");
                }

                CutTail(path, file, end, length);
            }

            // What is found may never have been made durable; from here on readers see it.
            if (!options.ReadOnly)
            {
                file.Sync();
                _disk.SyncDirectory(options.Directory);
            }

            _lastLength = end;
            EndsOrderly = end == SegmentHeader.Size || EndsWithMark(file, start, end);
            return new Segment(path, start, file, index, gone);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A last segment without a whole header: a crash came while it was made, before anything was put into it.</summary>
    private Segment Unborn(string path, IDiskFile file, ulong start, long length)
    {
        if (length > SegmentHeader.Size)
        {
            throw new JournalException(JournalFailure.Corrupt, $"{path} is damaged at offset 0: its header is wrong. Restore a backup.");
        }

        if (!options.ReadOnly)
        {
            Initialise(options, file, start);
        }

        return new Segment(path, start, file, new ActiveIndex());
    }

    private void CutTail(string path, IDiskFile file, long end, long length)
    {
        Cut = new JournalRecovery(path, end, length - end);
        if (options.ReadOnly)
        {
            return;
        }

        options.Log?.LogWarning(
            "{Segment}: the last write was not finished; {Bytes} bytes after offset {Offset} are cut off. They were never acknowledged.",
            path, length - end, end);
        file.SetLength(end);
    }

    /// <summary>The mark has no payload, so it is the last 48 bytes.</summary>
    private static bool EndsWithMark(IDiskFile file, ulong start, long end)
    {
        using var reader = new RecordReader(file, start, RecordHeader.Size, RecordHeader.Size);
        return end - RecordHeader.Size >= SegmentHeader.Size
            && reader.Read(end - RecordHeader.Size, end, out var header, out _) == RecordStatus.Ok && header is { Count: 0, IsFiller: false };
    }

    private static bool HasHeader(IDiskFile file, ulong start, out ulong gone)
    {
        Span<byte> header = stackalloc byte[SegmentHeader.Size];
        var isValid = file.Read(0, header) == header.Length && SegmentHeader.IsValid(header, start);
        gone = isValid ? SegmentHeader.Gone(header) : 0;
        return isValid;
    }
}
