using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>
/// The newest durable events, in memory, as they were appended: who follows the journal closely (the log builder, projections, effects)
/// shares one copy of them and of their links instead of each reading and decoding the files. Bounded in bytes; who is further behind
/// reads the files. While nobody reads, nothing is kept. One writer, readers on any thread.
/// </summary>
internal sealed class RecentEvents(ulong from, long maxBytes)
{
    /// <summary>What an event takes beside its bytes, about.</summary>
    private const int Overhead = 1024;

    private const int Stretch = 256;

    private readonly Lock _gate = new();

    // A ring: the oldest event is at _first.
    private RecordedEvent[] _events = new RecordedEvent[64];
    private int _first;
    private int _count;
    private long _bytes;
    private ulong _from = from; // everything durable from here on is in the ring
    private long _unread; // bytes taken in since somebody read

    /// <summary>Bytes that are kept, about.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Takes in a group that is durable, before readers are told of it.</summary>
    public void Add(List<AppendRequest> group)
    {
        lock (_gate)
        {
            foreach (var request in group)
            {
                var last = request.Position + (ulong)request.Events.Count - 1;
                if (_unread > maxBytes)
                {
                    // A whole ring went by unread: copies for nobody.
                    Clear(last + 1);
                    continue;
                }

                var created = new DateTimeOffset(request.CreatedTicks, TimeSpan.Zero);
                for (var i = 0; i < request.Events.Count; i++)
                {
                    // An own copy of the bytes: the appender may reuse its buffers.
                    Add(request.Events[i].Record(request.Stream, request.FirstRevision + i, request.Position + (ulong)i, created));
                }
            }
        }
    }

    /// <summary>
    /// Fills <paramref name="events"/> with the next ones at <paramref name="from"/> or later and before <paramref name="end"/>; none means
    /// there are no more. False when older ones than are kept would be needed.
    /// </summary>
    public bool TryRead(ulong from, ulong end, List<RecordedEvent> events)
    {
        events.Clear();
        lock (_gate)
        {
            _unread = 0;
            if (from < _from)
            {
                return false;
            }

            for (var i = IndexOf(from); i < _count && events.Count < Stretch && At(i).Position < end; i++)
            {
                events.Add(At(i));
            }

            return true;
        }
    }

    private void Add(RecordedEvent e)
    {
        if (_count == _events.Length)
        {
            Grow();
        }

        _events[(_first + _count) % _events.Length] = e;
        _count++;
        _bytes += SizeOf(e);
        _unread += SizeOf(e);
        while (_bytes > maxBytes)
        {
            Forget();
        }
    }

    private void Clear(ulong from)
    {
        if (_count > 0)
        {
            Array.Clear(_events);
            (_first, _count, _bytes) = (0, 0, 0);
        }

        _from = from;
    }

    private void Forget()
    {
        var oldest = At(0);
        _events[_first] = null!;
        _first = (_first + 1) % _events.Length;
        _count--;
        _bytes -= SizeOf(oldest);
        _from = oldest.Position + 1;
    }

    private void Grow()
    {
        var events = new RecordedEvent[_events.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            events[i] = At(i);
        }

        (_events, _first) = (events, 0);
    }

    /// <summary>The first event at the position or later.</summary>
    private int IndexOf(ulong position)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = At(middle).Position < position ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private RecordedEvent At(int i) => _events[(_first + i) % _events.Length];

    private static long SizeOf(RecordedEvent e) => e.Data.Length + e.Metadata.Length + Overhead;
}
