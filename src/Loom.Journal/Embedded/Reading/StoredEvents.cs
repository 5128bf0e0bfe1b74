using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>Reads durable events, by stream and of the whole journal. Every enumeration is of what was durable when it began.</summary>
internal sealed class StoredEvents(Func<Durable> durable, RecentEvents recent)
{
    private const int MinWindow = 4 << 10;
    private const int MaxWindow = 256 << 10;

    public long LastRevision(StreamKey key)
    {
        var now = durable();
        for (var i = now.Segments.Length - 1; i >= 0; i--)
        {
            using var held = Hold(now, i);
            if (TryLast(now, i, held.Segment, key, out var last))
            {
                return last.LastRevision;
            }
        }

        return -1;
    }

    /// <summary>Whether any stream may have metadata: where none has, nobody need look.</summary>
    public bool MayHoldMetadata => Array.Exists(durable().Segments, segment => segment.Index.MayHoldMetadata);

    /// <summary>The last event of a stream of metadata; null when there is none.</summary>
    public RecordedEvent? NewestMetadata(StreamName stream)
    {
        var now = durable();
        StreamKey? key = null;
        for (var i = now.Segments.Length - 1; i >= 0; i--)
        {
            using var held = Hold(now, i);
            var segment = held.Segment;
            if (!segment.Index.MayHoldMetadata || !TryLast(now, i, segment, key ??= StreamKey.Of(stream), out var last))
            {
                continue;
            }

            var events = new List<RecordedEvent>();
            using var reader = new RecordReader(segment.File, segment.Start, MinWindow, MaxWindow);
            ReadEntry(segment, reader, new RecordDecoder(), last, now.LimitOf(i), stream, events);
            return events[^1];
        }

        return null;
    }

    /// <summary>Events with revisions <paramref name="from"/> to <paramref name="to"/>, oldest first.</summary>
    public IEnumerable<RecordedEvent> Forwards(StreamName stream, StreamKey key, long from, long to)
    {
        var now = durable();
        var events = new List<RecordedEvent>();
        var decoder = new RecordDecoder();
        for (var i = FirstSegmentWith(now, key, from); i < now.Segments.Length && from <= to; i++)
        {
            using var held = Hold(now, i);
            var segment = held.Segment;
            using var reader = new RecordReader(segment.File, segment.Start, MinWindow, MaxWindow);
            var limit = now.LimitOf(i);
            foreach (var entry in segment.Index.Ascending(key, from))
            {
                if (entry.FirstRevision > to || entry.Offset >= limit)
                {
                    break;
                }

                ReadEntry(segment, reader, decoder, entry, limit, stream, events);
                foreach (var e in events)
                {
                    if (e.Revision >= from && e.Revision <= to)
                    {
                        yield return e;
                    }
                }

                from = entry.LastRevision + 1;
            }
        }
    }

    /// <summary>Events with revision <paramref name="from"/> or an earlier one, newest first.</summary>
    public IEnumerable<RecordedEvent> Backwards(StreamName stream, StreamKey key, long from)
    {
        var now = durable();
        var events = new List<RecordedEvent>();
        var decoder = new RecordDecoder();
        for (var i = now.Segments.Length - 1; i >= 0; i--)
        {
            using var held = Hold(now, i);
            var segment = held.Segment;
            using var reader = new RecordReader(segment.File, segment.Start, MinWindow, MaxWindow);
            var limit = now.LimitOf(i);
            foreach (var entry in segment.Index.Descending(key, from))
            {
                if (entry.Offset >= limit)
                {
                    continue;
                }

                ReadEntry(segment, reader, decoder, entry, limit, stream, events);
                for (var e = events.Count - 1; e >= 0; e--)
                {
                    if (events[e].Revision <= from)
                    {
                        yield return events[e];
                    }
                }
            }
        }
    }

    /// <summary>Events at <paramref name="from"/> or later, in order, up to what was durable.</summary>
    public IEnumerable<RecordedEvent> AllForwards(ulong from)
    {
        var now = durable();
        var events = new List<RecordedEvent>();
        while (recent.TryRead(from, now.End, events))
        {
            if (events.Count == 0)
            {
                yield break;
            }

            foreach (var e in events)
            {
                yield return e;
            }

            from = events[^1].Position + 1;
        }

        foreach (var e in AllOfFiles(now, from))
        {
            yield return e;
        }
    }

    private IEnumerable<RecordedEvent> AllOfFiles(Durable now, ulong from)
    {
        var events = new List<RecordedEvent>();
        var decoder = new RecordDecoder();
        for (var i = now.SegmentOf(from); i < now.Segments.Length && from < now.End; i++)
        {
            using var held = Hold(now, i);
            var segment = held.Segment;
            using var reader = new RecordReader(segment.File, segment.Start, MaxWindow, MaxWindow);
            var limit = now.LimitOf(i);
            var offset = from > segment.Start ? segment.Index.RecordBefore((long)(from - segment.Start)) : SegmentHeader.Size;
            while (Next(segment, reader, decoder, ref offset, limit, events))
            {
                foreach (var e in events)
                {
                    if (e.Position >= from)
                    {
                        yield return e;
                    }
                }
            }
        }
    }

    /// <summary>Events before <paramref name="from"/>, newest first.</summary>
    public IEnumerable<RecordedEvent> AllBackwards(ulong from)
    {
        var now = durable();
        from = Math.Min(from, now.End);
        var events = new List<RecordedEvent>();
        var decoder = new RecordDecoder();
        var block = new List<RecordedEvent>();
        for (var i = now.SegmentOf(from); i >= 0; i--)
        {
            using var held = Hold(now, i);
            var segment = held.Segment;
            using var reader = new RecordReader(segment.File, segment.Start, MaxWindow, MaxWindow);
            var limit = now.LimitOf(i);

            // Records are found forwards only: take a stretch between two known offsets, and turn it round.
            var end = from > segment.Start ? Math.Min(limit, (long)(from - segment.Start)) : 0;
            while (end > SegmentHeader.Size)
            {
                var begin = segment.Index.RecordBefore(end - 1);
                block.Clear();
                for (var offset = begin; offset < end && Next(segment, reader, decoder, ref offset, limit, events);)
                {
                    block.AddRange(events);
                }

                for (var e = block.Count - 1; e >= 0; e--)
                {
                    if (block[e].Position < from)
                    {
                        yield return block[e];
                    }
                }

                end = begin;
            }
        }
    }

    /// <summary>The stream's last append in a segment as far as it was durable then: the index of the last segment shows appends a moment before they count.</summary>
    private static bool TryLast(Durable now, int segment, Segment held, StreamKey key, out IndexEntry last)
    {
        if (!held.Index.TryLast(key, out last))
        {
            return false;
        }

        var limit = now.LimitOf(segment);
        if (last.Offset < limit)
        {
            return true;
        }

        foreach (var entry in held.Index.Descending(key, long.MaxValue))
        {
            if (entry.Offset < limit)
            {
                last = entry;
                return true;
            }
        }

        return false;
    }

    private SegmentHold Hold(Durable now, int segment) => SegmentHold.Take(now, segment, durable);

    private int FirstSegmentWith(Durable now, StreamKey key, long from)
    {
        // Newest first: who follows a stream asks for its end.
        var first = now.Segments.Length;
        for (var i = now.Segments.Length - 1; i >= 0; i--)
        {
            using var held = Hold(now, i);
            if (!TryLast(now, i, held.Segment, key, out var last))
            {
                continue;
            }

            if (last.LastRevision < from)
            {
                break;
            }

            first = i;
        }

        return first;
    }

    private static bool Next(
        Segment segment, RecordReader reader, RecordDecoder decoder, ref long offset, long limit, List<RecordedEvent> events)
    {
        events.Clear();
        switch (reader.Read(offset, limit, out var header, out var payload))
        {
            case RecordStatus.End:
                return false;
            case RecordStatus.Ok when header.Count == 0 || decoder.TryDecode(header, payload, events):
                offset += header.Length;
                return true;
            default:
                throw segment.Damaged(offset, "no whole record lies there, or its checksum is wrong");
        }
    }

    private static void ReadEntry(
        Segment segment, RecordReader reader, RecordDecoder decoder, in IndexEntry entry, long limit, StreamName stream, List<RecordedEvent> events)
    {
        long offset = entry.Offset;
        if (!Next(segment, reader, decoder, ref offset, limit, events)
            || events.Count != entry.Count || events[0].Revision != entry.FirstRevision || events[0].Stream != stream)
        {
            throw segment.Damaged(entry.Offset, $"the record there is not the one of '{stream}' that the index names");
        }
    }
}
