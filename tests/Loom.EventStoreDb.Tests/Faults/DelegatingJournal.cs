using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>Another journal, for planted mistakes and for counting to change a part of.</summary>
internal abstract class DelegatingJournal(IJournal inner) : IJournal
{
    protected IJournal Inner => inner;

    public virtual Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken) =>
        inner.AppendAsync(stream, expected, events, cancellationToken);

    public virtual IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken) =>
        inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);

    public virtual IAsyncEnumerable<RecordedEvent> ReadAllAsync(Direction direction, ulong from, long maxCount, EventFilter? filter, CancellationToken cancellationToken) =>
        inner.ReadAllAsync(direction, from, maxCount, filter, cancellationToken);

    public virtual IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken) =>
        inner.SubscribeToStreamAsync(stream, after, cancellationToken);

    public virtual IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(ulong? after, EventFilter? filter, CancellationToken cancellationToken) =>
        inner.SubscribeToAllAsync(after, filter, cancellationToken);

    public virtual Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken) => inner.LastRevisionAsync(stream, cancellationToken);

    public Task<ulong?> LastPositionAsync(CancellationToken cancellationToken) => inner.LastPositionAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // its owner disposes what is inside
}
