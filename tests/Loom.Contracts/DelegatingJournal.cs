using Loom.Core;
using Loom.Journal;

namespace Loom.Contracts;

/// <summary>Another journal, of which a test changes, counts or breaks a part.</summary>
public abstract class DelegatingJournal(IJournal inner) : IJournal
{
    /// <summary>The other journal; its owner disposes it.</summary>
    protected IJournal Inner => inner;

    /// <inheritdoc/>
    public virtual Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        Asked();
        return inner.AppendAsync(stream, expected, events, cancellationToken);
    }

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken)
    {
        Asked();
        return inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);
    }

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<RecordedEvent> ReadAllAsync(Direction direction, ulong from, long maxCount, EventFilter? filter, CancellationToken cancellationToken)
    {
        Asked();
        return inner.ReadAllAsync(direction, from, maxCount, filter, cancellationToken);
    }

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken)
    {
        Asked();
        return inner.SubscribeToStreamAsync(stream, after, cancellationToken);
    }

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(ulong? after, EventFilter? filter, CancellationToken cancellationToken)
    {
        Asked();
        return inner.SubscribeToAllAsync(after, filter, cancellationToken);
    }

    /// <inheritdoc/>
    public virtual Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken)
    {
        Asked();
        return inner.LastRevisionAsync(stream, cancellationToken);
    }

    /// <inheritdoc/>
    public virtual Task<ulong?> LastPositionAsync(CancellationToken cancellationToken)
    {
        Asked();
        return inner.LastPositionAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Called before anything else; may throw.</summary>
    protected virtual void Asked()
    {
    }
}
