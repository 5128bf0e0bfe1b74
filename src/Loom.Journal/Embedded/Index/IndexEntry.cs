namespace Loom.Journal.Embedded;

/// <summary>One append of a stream: where its record lies in the segment, and the revisions it holds.</summary>
internal readonly record struct IndexEntry(StreamKey Key, long FirstRevision, uint Offset, int Count)
{
    public long LastRevision => FirstRevision + Count - 1;
}

/// <summary>What a segment knows about where its streams lie.</summary>
internal interface ISegmentIndex
{
    /// <summary>The stream's last append in this segment.</summary>
    bool TryLast(StreamKey key, out IndexEntry entry);

    /// <summary>The stream's appends that hold revision <paramref name="from"/> or a later one, oldest first.</summary>
    IEnumerable<IndexEntry> Ascending(StreamKey key, long from);

    /// <summary>The stream's appends that hold revision <paramref name="from"/> or an earlier one, newest first.</summary>
    IEnumerable<IndexEntry> Descending(StreamKey key, long from);

    /// <summary>Offset of a record at or before the offset, at most about <see cref="SparseOffsets.Step"/> bytes earlier.</summary>
    long RecordBefore(long offset);

    /// <summary>Whether the segment has events of streams' metadata (<c>$$…</c>), or cannot tell.</summary>
    bool MayHoldMetadata { get; }

    /// <summary>Position of the last event in the segment; null without events.</summary>
    ulong? LastPosition { get; }
}

/// <summary>Offsets of some records, about one every 64 KiB, from which others are found by walking.</summary>
internal sealed class SparseOffsets
{
    public const int Step = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly List<uint> _offsets = [];

    public void Add(uint offset)
    {
        lock (_gate)
        {
            if (_offsets.Count == 0 || offset - _offsets[^1] >= Step)
            {
                _offsets.Add(offset);
            }
        }
    }

    public uint[] ToArray()
    {
        lock (_gate)
        {
            return [.. _offsets];
        }
    }

    public long Before(long offset)
    {
        lock (_gate)
        {
            return Before(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_offsets), offset);
        }
    }

    public static long Before(ReadOnlySpan<uint> offsets, long offset)
    {
        var at = offsets.BinarySearch((uint)Math.Min(offset, uint.MaxValue));
        at = at >= 0 ? at : ~at - 1;
        return at >= 0 ? offsets[at] : SegmentHeader.Size;
    }
}
