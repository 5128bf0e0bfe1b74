using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Client;

/// <summary>A planted mistake: a journal that stores every event under an id of its own, and so cannot know a repeated append.</summary>
internal sealed class ForgetfulJournal(IJournal inner) : IJournal
{
    public Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken) =>
        inner.AppendAsync(stream, expected, [.. events.Select(e => e with { Id = Guid.NewGuid() })], cancellationToken);

    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken) =>
        inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);

    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(Direction direction, ulong from, long maxCount, EventFilter? filter, CancellationToken cancellationToken) =>
        inner.ReadAllAsync(direction, from, maxCount, filter, cancellationToken);

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken) =>
        inner.SubscribeToStreamAsync(stream, after, cancellationToken);

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(ulong? after, EventFilter? filter, CancellationToken cancellationToken) =>
        inner.SubscribeToAllAsync(after, filter, cancellationToken);

    public Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken) => inner.LastRevisionAsync(stream, cancellationToken);

    public Task<ulong?> LastPositionAsync(CancellationToken cancellationToken) => inner.LastPositionAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // its owner disposes what is inside
}
