using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.Journal.Streams;
using Loom.Journal.Embedded;

namespace Loom.Journal;

/// <summary>
/// A journal in memory: what simulations and tests of other parts run on. "Durable" means for the life of this object. It never leaves
/// the caller's task scheduler, so a simulation stays in control of every step.
/// </summary>
public sealed partial class InMemoryJournal : IJournal, IStreamAdministration, IScavenging
{
    private const int Page = 256;

    private readonly Lock _gate = new();
    private readonly List<RecordedEvent> _all = [];
    private readonly Dictionary<string, List<RecordedEvent>> _streams = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tombstones = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly StreamRules _rules;
    private TaskCompletionSource _more = NewSignal();
    private bool _closed;

    /// <summary>Makes an empty one.</summary>
    /// <param name="time">The clock of events, and of their age.</param>
    /// <param name="isActorStream">Streams of which nothing may be hidden, beside those whose first event carries a link.</param>
    public InMemoryJournal(TimeProvider time, Func<StreamName, bool>? isActorStream = null)
    {
        _time = time;
        _rules = new StreamRules(new Facts(this), isActorStream ?? (_ => false), time);
    }

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
            AppendState state;
            try
            {
                state = _rules.ForAppend(stream, expected, events);
            }
            catch (JournalException e)
            {
                return Task.FromException<AppendResult>(e);
            }

            if (Answered(stream, state, expected, events) is { } answer)
            {
                return Task.FromResult(answer);
            }

            var first = (int)state.Last + 1;
            if (MetadataStreams.TryDescribed(stream, out var described))
            {
                Store(stream, BesideSoftDeletion(described.Value, events));
            }
            else
            {
                if (state.ComesBack)
                {
                    Store(MetadataStreams.Of(stream), [StreamEvents.Return(Guid.NewGuid(), first)]);
                }

                Store(stream, events);
            }

            var last = _streams[stream.Value][first + events.Count - 1];
            result = new AppendResult.Appended(last.Revision, last.Position);
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
                var window = _rules.Window(stream);
                from = direction == Direction.Backwards ? Math.Min(from, window.Last) : Math.Max(from, window.First);
                if (from < window.First || from > window.Last)
                {
                    yield break;
                }

                e = _streams[stream.Value][(int)from];
                if (!window.Shows(e))
                {
                    from += direction == Direction.Forwards ? 1 : -1;
                    continue;
                }
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
            if (filter is null || filter.Matches(e))
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
                var window = _rules.Window(stream);
                var next = Math.Max(from, Math.Min(window.First, window.Last + 1));
                for (; next <= window.Last && page.Count < Page; next++)
                {
                    if (_streams[stream.Value][(int)next] is var e && window.Shows(e))
                    {
                        page.Add(e);
                    }
                }

                return (next, next > window.Last);
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
                    if (filter is null || filter.Matches(e))
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
            var window = _rules.Window(stream);
            return Task.FromResult(window.Exists ? window.Last : -1);
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
