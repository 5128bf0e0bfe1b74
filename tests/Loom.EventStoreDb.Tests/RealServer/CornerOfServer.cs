using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.RealServer;

/// <summary>
/// What one test sees of a server that others use too: streams whose names end in a mark of its own (prefixes stay what they are), from the
/// place that was the journal's end when the test began.
/// </summary>
internal sealed class CornerOfServer : IJournal, IStreamAdministration
{
    private readonly string _mark;
    private readonly EventStoreDbJournal _server;
    private readonly ulong? _start;

    private CornerOfServer(EventStoreDbJournal server, ulong? start, string mark) => (_server, _start, _mark) = (server, start, mark);

    public static async Task<CornerOfServer> OpenAsync(EventStoreDbJournal server, CancellationToken cancellationToken) =>
        new(server, await server.LastPositionAsync(cancellationToken), $"~{Guid.NewGuid():N}");

    /// <summary>The same corner through another connection.</summary>
    public async Task<CornerOfServer> OnAsync(EventStoreDbJournal server)
    {
        await _server.DisposeAsync();
        return new CornerOfServer(server, _start, _mark);
    }

    public Task<DeleteResult> DeleteAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
        _server.DeleteAsync(There(stream), expected, cancellationToken);

    public Task<DeleteResult> TombstoneAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
        _server.TombstoneAsync(There(stream), expected, cancellationToken);

    public Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken) =>
        _server.AppendAsync(There(stream), expected, events, cancellationToken);

    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken) =>
        OwnAsync(_server.ReadStreamAsync(There(stream), direction, from, maxCount, cancellationToken), cancellationToken);

    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(
        Direction direction, ulong from, long maxCount, EventFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var forwards = direction == Direction.Forwards;
        if (forwards && _start is { } start)
        {
            from = Math.Max(from, start);
        }

        // Others' events count for the server: as long as there may be more, what is missing is asked for behind them.
        for (ulong? seen = null; maxCount > 0;)
        {
            var asked = seen is not null && forwards && maxCount < long.MaxValue ? maxCount + 1 : maxCount;
            var got = 0L;
            await foreach (var e in _server.ReadAllAsync(direction, seen ?? from, asked, There(filter), cancellationToken))
            {
                got++;
                if (!forwards && e.Position <= _start)
                {
                    yield break;
                }

                if (e.Position != seen && e.Position != _start && Here(e) is { } own)
                {
                    maxCount--;
                    yield return own;
                }

                seen = e.Position;
            }

            if (got < asked)
            {
                yield break;
            }
        }
    }

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken) =>
        OwnAsync(_server.SubscribeToStreamAsync(There(stream), after, cancellationToken), cancellationToken);

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(ulong? after, EventFilter? filter, CancellationToken cancellationToken) =>
        OwnAsync(_server.SubscribeToAllAsync(after ?? _start, There(filter), cancellationToken), cancellationToken);

    public Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken) =>
        _server.LastRevisionAsync(There(stream), cancellationToken);

    public async Task<ulong?> LastPositionAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in ReadAllAsync(Direction.Backwards, ulong.MaxValue, 1, null, cancellationToken))
        {
            return e.Position;
        }

        return null;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private StreamName There(StreamName stream) => StreamName.Parse(stream.Value + _mark);

    // An expression that looks at the end of names finds the mark there.
    private EventFilter? There(EventFilter? filter) =>
        filter?.Pattern is { Of: PatternOf.Stream, Expression: var expression } && expression.EndsWith('$')
            ? filter with { Pattern = new EventPattern(PatternOf.Stream, $"{expression[..^1]}{_mark}$") }
            : filter;

    private RecordedEvent? Here(RecordedEvent e) =>
        e.Stream.Value.EndsWith(_mark, StringComparison.Ordinal) ? e with { Stream = StreamName.Parse(e.Stream.Value[..^_mark.Length]) } : null;

    private async IAsyncEnumerable<RecordedEvent> OwnAsync(IAsyncEnumerable<RecordedEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in events.WithCancellation(cancellationToken))
        {
            yield return Here(e)!;
        }
    }

    private async IAsyncEnumerable<SubscriptionMessage> OwnAsync(IAsyncEnumerable<SubscriptionMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var message in messages.WithCancellation(cancellationToken))
        {
            if (message is not SubscriptionMessage.EventArrived arrived)
            {
                yield return message;
            }
            else if (Here(arrived.Event) is { } own)
            {
                yield return new SubscriptionMessage.EventArrived(own);
            }
        }
    }
}
