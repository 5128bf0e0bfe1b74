namespace Loom.Journal.Embedded;

/// <summary>What becomes of a segment: where fillers will stand, in order, and how much goes that is not gone yet.</summary>
internal sealed class SegmentPlan
{
    private const int Block = 4096;

    private readonly List<(long Offset, long End)> _fillers = [];

    public IReadOnlyList<(long Offset, long End)> Fillers => _fillers;

    /// <summary>Events that go now.</summary>
    public long Events { get; private set; }

    /// <summary>Bytes of their records.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whole blocks that the disk gets back.</summary>
    public long BytesFreed { get; private set; }

    /// <summary>Reads a segment's records and asks about each. Nothing is written.</summary>
    /// <exception cref="JournalException">A record is damaged: then nothing of the segment goes.</exception>
    public static SegmentPlan Make(Segment segment, long length, ScavengeJudge judge, CancellationToken closing)
    {
        var plan = new SegmentPlan();
        using var reader = new RecordReader(segment.File, segment.Start, 1 << 20, 1 << 20);
        for (long offset = SegmentHeader.Size; offset < length;)
        {
            closing.ThrowIfCancellationRequested();
            if (reader.Read(offset, length, out var header, out var payload) != RecordStatus.Ok)
            {
                throw segment.Damaged(offset, "no whole record lies there, or its checksum is wrong");
            }

            try
            {
                plan.Add(offset, header, header.Count > 0 && judge.MayDrop(header, payload));
            }
            catch (FormatException e)
            {
                throw segment.Damaged(offset, e.Message);
            }

            offset += header.Length;
        }

        foreach (var (offset, end) in plan._fillers)
        {
            plan.BytesFreed += Blocks(offset + RecordHeader.Size, end);
        }

        return plan;
    }

    private void Add(long offset, in RecordHeader header, bool drop)
    {
        var follows = _fillers.Count > 0 && _fillers[^1].End == offset;

        // A mark of an orderly end means nothing any more once other records follow it.
        if (!drop && !header.IsFiller && !(header.Count == 0 && follows))
        {
            return;
        }

        if (drop)
        {
            Events += header.Count;
            Bytes += header.Length;
        }

        if (header.IsFiller)
        {
            BytesFreed -= Blocks(offset + RecordHeader.Size, offset + header.Length);
        }

        var end = offset + header.Length;
        if (follows)
        {
            _fillers[^1] = (_fillers[^1].Offset, end);
        }
        else
        {
            _fillers.Add((offset, end));
        }
    }

    private static long Blocks(long from, long to) => Math.Max(0, (to / Block) - ((from + Block - 1) / Block)) * Block;
}
