using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.Journal.Embedded;

namespace Loom.Journal;

/// <summary>
/// A journal in memory: what simulations and tests of other parts run on. "Durable" means for the life of this object. It never leaves
/// the caller's task scheduler, so a simulation stays in control of every step.
/// </summary>
public sealed class InMemoryJournal(TimeProvider time) : IJournal
{
    private const int Page = 256;
    private const string CursorPrefix = "loom.cursors-";

    private readonly Lock _gate = new();
    private readonly List<RecordedEvent> _all = [];
    private readonly Dictionary<string, List<RecordedEvent>> _streams = new(StringComparer.Ordinal);
    private TaskCompletionSource _more = NewSignal();
    private bool _closed;

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        AppendRules.Check(stream, events);
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource signal;
        AppendResult result;
        lock (_gate)
        {
            ThrowIfClosed();
            var stored = _streams.GetValueOrDefault(stream.Value);
            if (Answered(stored, expected, events) is { } answer)
            {
                return Task.FromResult(answer);
            }

            if (stored is null)
            {
                _streams[stream.Value] = stored = [];
            }

            var now = time.GetUtcNow();
            foreach (var e in events)
            {
                var recorded = new RecordedEvent(
                    stream, stored.Count, (ulong)_all.Count + 1, e.Id, e.Type, e.ContentType, e.Data.ToArray(), e.Metadata.ToArray(), now);
                stored.Add(recorded);
                _all.Add(recorded);
            }

            result = new AppendResult.Appended(stored.Count - 1, stored[^1].Position);
            (signal, _more) = (_more, NewSignal());
        }

        signal.SetResult();
        return Task.FromResult(result);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, Direction direction, long from, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        await Task.CompletedTask;
        while (maxCount > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RecordedEvent e;
            lock (_gate)
            {
                ThrowIfClosed();
                var count = _streams.GetValueOrDefault(stream.Value)?.Count ?? 0;
                if (from < count - 1 && stream.Value.StartsWith(CursorPrefix, StringComparison.Ordinal))
                {
                    from = direction == Direction.Forwards ? count - 1 : -1; // a cursor stream keeps just its newest event
                }

                from = direction == Direction.Backwards ? Math.Min(from, count - 1) : from;
                if (from < 0 || from >= count)
                {
                    yield break;
                }

                e = _streams[stream.Value][(int)from];
            }

            yield return e;
            from += direction == Direction.Forwards ? 1 : -1;
            maxCount--;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(
        Direction direction, ulong from, long maxCount, EventFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;

        // Positions are 1, 2, 3…: the index of position p is p − 1.
        int next;
        lock (_gate)
        {
            next = direction == Direction.Forwards
                ? (int)Math.Min(from == 0 ? 0 : from - 1, (ulong)_all.Count)
                : (int)Math.Min(from, (ulong)_all.Count + 1) - 2;
            next = direction == Direction.Backwards && from > (ulong)_all.Count ? _all.Count - 1 : next;
        }

        while (maxCount > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RecordedEvent e;
            lock (_gate)
            {
                ThrowIfClosed();
                if (next < 0 || next >= _all.Count)
                {
                    yield break;
                }

                e = _all[next];
            }

            next += direction == Direction.Forwards ? 1 : -1;
            if (filter is null || filter.Matches(e.Stream))
            {
                yield return e;
                maxCount--;
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken) =>
        FollowAsync(
            (from, page) =>
            {
                var events = _streams.GetValueOrDefault(stream.Value) ?? [];
                page.AddRange(events.Skip((int)Math.Min(from, int.MaxValue)).Take(Page));
                return (from + page.Count, from + page.Count >= events.Count);
            },
            checked(after + 1),
            withCheckpoints: false,
            cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(ulong? after, EventFilter? filter, CancellationToken cancellationToken) =>
        FollowAsync(
            (from, page) =>
            {
                var seen = 0;
                for (; from + seen < _all.Count && seen < Page; seen++)
                {
                    var e = _all[(int)from + seen];
                    if (filter is null || filter.Matches(e.Stream))
                    {
                        page.Add(e);
                    }
                }

                return (from + seen, from + seen >= _all.Count);
            },
            (long)Math.Min(after ?? 0, long.MaxValue),
            withCheckpoints: filter is not null,
            cancellationToken);

    /// <inheritdoc/>
    public Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ThrowIfClosed();
            return Task.FromResult((_streams.GetValueOrDefault(stream.Value)?.Count ?? 0) - 1L);
        }
    }

    /// <inheritdoc/>
    public Task<ulong?> LastPositionAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ThrowIfClosed();
            return Task.FromResult<ulong?>(_all.Count == 0 ? null : (ulong)_all.Count);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            _closed = true;
            signal = _more;
        }

        signal.TrySetResult();
        return ValueTask.CompletedTask;
    }

    // The table of obligation 4. Null: write the events.
    private static AppendResult? Answered(List<RecordedEvent>? stored, ExpectedRevision expected, IReadOnlyList<EventData> events)
    {
        var current = (stored?.Count ?? 0) - 1L;
        if (!expected.IsExact)
        {
            if (expected == ExpectedRevision.StreamExists && current < 0)
            {
                return new AppendResult.Conflict(current);
            }

            return events.Count == 0 ? new AppendResult.Appended(current, null) : AnsweredLoosely(stored, current, events);
        }

        if (expected.Value == current)
        {
            return events.Count == 0 ? new AppendResult.Appended(current, null) : null;
        }

        return events.Count > 0 && expected.Value < current ? AnsweredAt(stored!, expected.Value + 1, events) : new AppendResult.Conflict(current);
    }

    private static AppendResult AnsweredAt(List<RecordedEvent> stored, long first, IReadOnlyList<EventData> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (first + i >= stored.Count || stored[(int)(first + i)].Id != events[i].Id)
            {
                return new AppendResult.Conflict(stored.Count - 1);
            }
        }

        var last = stored[(int)first + events.Count - 1];
        return new AppendResult.Appended(last.Revision, last.Position) { Repeated = true };
    }

    private static AppendResult? AnsweredLoosely(List<RecordedEvent>? stored, long current, IReadOnlyList<EventData> events)
    {
        var first = stored?.FindLastIndex(e => e.Id == events[0].Id) ?? -1;
        if (first < 0)
        {
            return null;
        }

        return AnsweredAt(stored!, first, events) is AppendResult.Appended repeated ? repeated : new AppendResult.Conflict(current);
    }

    private async IAsyncEnumerable<SubscriptionMessage> FollowAsync(
        Func<long, List<RecordedEvent>, (long Next, bool End)> read, long from, bool withCheckpoints, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var caughtUp = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = new List<RecordedEvent>();
            long next;
            bool end;
            Task more;
            lock (_gate)
            {
                ThrowIfClosed();
                (next, end) = read(from, page);
                more = _more.Task;
            }

            foreach (var e in page)
            {
                yield return new SubscriptionMessage.EventArrived(e);
            }

            if (withCheckpoints && next > from)
            {
                yield return new SubscriptionMessage.Checkpoint((ulong)next);
            }

            caughtUp = caughtUp && next == from;
            from = next;
            if (!end)
            {
                continue;
            }

            if (!caughtUp)
            {
                caughtUp = true;
                yield return new SubscriptionMessage.CaughtUp();
            }

            await more.WaitAsync(cancellationToken);
            await Task.Yield(); // the append that woke us goes on first
        }
    }

    // Plain: with RunContinuationsAsynchronously what WaitAsync hangs onto it would run on the thread pool, whatever the scheduler.
    private static TaskCompletionSource NewSignal() => new();

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw new JournalException(JournalFailure.Unavailable, "The journal is closed.");
        }
    }
}
