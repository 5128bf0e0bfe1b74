namespace Loom.Journal.Embedded;

/// <summary>One segment file: a part of the journal from position <see cref="Start"/> on.</summary>
internal sealed class Segment(string path, ulong start, IDiskFile file, ISegmentIndex index, ulong gone = 0) : IDisposable
{
    private volatile ISegmentIndex _index = index;
    private int _holds = 1; // the store's own

    public string Path { get; } = path;

    public ulong Start { get; } = start;

    public IDiskFile File { get; } = file;

    /// <summary>Where the streams lie; replaced once, when the segment is complete and its index file durable.</summary>
    public ISegmentIndex Index
    {
        get => _index;
        set => _index = value;
    }

    /// <summary>Which of its records were scavenged; 0 when none.</summary>
    public ulong Gone { get; } = gone;

    /// <summary>Keeps the files open until <see cref="Release"/>; false when another file has taken this one's place and the last holder has gone.</summary>
    public bool TryHold()
    {
        for (var holds = Volatile.Read(ref _holds); holds > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
            if (seen == holds)
            {
                return true;
            }

            holds = seen;
        }

        return false;
    }

    /// <summary>Gives a hold back; the store gives its own when the segment is replaced.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            Dispose();
        }
    }

    public JournalException Damaged(long offset, string what) => new(
        JournalFailure.Corrupt,
        $"{Path} is damaged at offset {offset}: {what}. Nothing was changed. Restore a backup, or run 'loom journal check' for the extent.");

    /// <summary>Closes the files at once, whoever reads.</summary>
    public void Dispose()
    {
        File.Dispose();
        (Index as IDisposable)?.Dispose();
    }
}

/// <summary>A segment whose files stay open meanwhile.</summary>
internal readonly struct SegmentHold(Segment segment) : IDisposable
{
    public Segment Segment { get; } = segment;

    /// <summary>Holds a segment of what was durable; where it was scavenged since, its successor, which has the same positions.</summary>
    public static SegmentHold Take(Durable then, int segment, Func<Durable> now)
    {
        var held = then.Segments[segment];
        while (!held.TryHold())
        {
            held = now().Segments[segment];
        }

        return new SegmentHold(held);
    }

    public void Dispose() => Segment.Release();
}

/// <summary>What is durable at a moment, published as one value after each commit.</summary>
/// <param name="Segments">Oldest first; the last is being written.</param>
/// <param name="End">The position after the last durable byte.</param>
/// <param name="LastPosition">Position of the last event; null without events.</param>
internal sealed record Durable(Segment[] Segments, ulong End, ulong? LastPosition)
{
    /// <summary>Index of the segment that holds a position (the last one for positions past the end).</summary>
    public int SegmentOf(ulong position)
    {
        var (low, high) = (0, Segments.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Segments[middle].Start <= position ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>The segment's length as far as it is durable.</summary>
    public long LimitOf(int segment) =>
        (long)((segment + 1 < Segments.Length ? Segments[segment + 1].Start : End) - Segments[segment].Start);
}
