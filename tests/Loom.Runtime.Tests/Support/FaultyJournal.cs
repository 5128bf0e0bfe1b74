using Loom.Core;
using Loom.Journal;

namespace Loom.Runtime.Tests;

/// <summary>A journal whose next appends go wrong in a chosen way.</summary>
internal sealed class FaultyJournal(IJournal inner) : IJournal
{
    /// <summary>Called before an append; may throw, or write something else first.</summary>
    public Func<StreamName, IReadOnlyList<EventData>, Task>? Before { get; set; }

    /// <summary>Called after an append is durable; may throw.</summary>
    public Func<StreamName, Task>? After { get; set; }

    public int Reads { get; private set; }

    public async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        if (Before is { } before)
        {
            await before(stream, events);
        }

        var result = await inner.AppendAsync(stream, expected, events, cancellationToken);
        if (After is { } after)
        {
            await after(stream);
        }

        return result;
    }

    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken)
    {
        Reads++;
        return inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);
    }

    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(Direction direction, ulong from, long maxCount, EventFilter? filter, CancellationToken cancellationToken) =>
        inner.ReadAllAsync(direction, from, maxCount, filter, cancellationToken);

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken) =>
        inner.SubscribeToStreamAsync(stream, after, cancellationToken);

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(ulong? after, EventFilter? filter, CancellationToken cancellationToken) =>
        inner.SubscribeToAllAsync(after, filter, cancellationToken);

    public Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken) => inner.LastRevisionAsync(stream, cancellationToken);

    public Task<ulong?> LastPositionAsync(CancellationToken cancellationToken) => inner.LastPositionAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
