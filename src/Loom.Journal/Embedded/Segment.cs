namespace Loom.Journal.Embedded;

/// <summary>One segment file: a part of the journal from position <see cref="Start"/> on.</summary>
internal sealed class Segment(string path, ulong start, IDiskFile file, ISegmentIndex index) : IDisposable
{
    private volatile ISegmentIndex _index = index;

    public string Path { get; } = path;

    public ulong Start { get; } = start;

    public IDiskFile File { get; } = file;

    /// <summary>Where the streams lie; replaced once, when the segment is complete and its index file durable.</summary>
    public ISegmentIndex Index
    {
        get => _index;
        set => _index = value;
    }

    public JournalException Damaged(long offset, string what) => new(
        JournalFailure.Corrupt,
        $"{Path} is damaged at offset {offset}: {what}. Nothing was changed. Restore a backup, or run 'loom journal check' for the extent.");

    public void Dispose()
    {
        File.Dispose();
        (Index as IDisposable)?.Dispose();
    }
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
