using Loom.Core;
using Loom.Journal;

namespace Loom.Proving.Tests;

/// <summary>A process's way to a journal that outlives it: at a chosen append the process dies, before or after the append is durable.</summary>
internal sealed class MortalJournal(IJournal inner) : IJournal
{
    private int _appends;

    /// <summary>Dies at this append (from 1); 0 never.</summary>
    public int DiesAt { get; init; }

    /// <summary>Whether that append is durable all the same.</summary>
    public bool AfterIt { get; init; }

    public bool IsDead { get; private set; }

    public async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        Live();
        var dies = Interlocked.Increment(ref _appends) == DiesAt;
        if (dies && !AfterIt)
        {
            IsDead = true;
            Live();
        }

        var result = await inner.AppendAsync(stream, expected, events, cancellationToken);
        IsDead |= dies;
        Live();
        return result;
    }

    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken)
    {
        Live();
        return inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);
    }

    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(Direction direction, ulong from, long maxCount, EventFilter? filter, CancellationToken cancellationToken)
    {
        Live();
        return inner.ReadAllAsync(direction, from, maxCount, filter, cancellationToken);
    }

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken)
    {
        Live();
        return inner.SubscribeToStreamAsync(stream, after, cancellationToken);
    }

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(ulong? after, EventFilter? filter, CancellationToken cancellationToken)
    {
        Live();
        return inner.SubscribeToAllAsync(after, filter, cancellationToken);
    }

    public Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken)
    {
        Live();
        return inner.LastRevisionAsync(stream, cancellationToken);
    }

    public Task<ulong?> LastPositionAsync(CancellationToken cancellationToken)
    {
        Live();
        return inner.LastPositionAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Live()
    {
        if (IsDead)
        {
            throw new JournalException(JournalFailure.Unavailable, "The process died here.");
        }
    }
}
