using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.EventStoreDb.Client;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;

namespace Loom.EventStoreDb;

/// <summary>Finite reads.</summary>
public sealed partial class EventStoreDbJournal
{
    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        return stream.Value.StartsWith(CursorPrefix, StringComparison.Ordinal)
            ? ReadCursorAsync(stream, direction, from, maxCount, cancellationToken)
            : ReadRangeAsync(stream, direction, from, maxCount, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(
        Direction direction, ulong from, long maxCount, EventFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        var forwards = direction == Direction.Forwards;
        if (maxCount == 0 || (forwards ? from == ulong.MaxValue : from == 0))
        {
            yield break;
        }

        // Forwards the protocol begins with the event at the position, which after a lost connection was seen already.
        ulong? seen = null;
        var left = maxCount;
        var decoder = new EventDecoder();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        var reading = Resuming(
            () => ReadRequests.All(direction, seen ?? from, forwards && seen is not null && left < long.MaxValue ? left + 1 : left, filter), ended.Token);
        await using (reading.ConfigureAwait(false))
        {
            while (left > 0 && (reading.Ready() ?? await NextAsync(reading, null, cancellationToken).ConfigureAwait(false)) is { } response)
            {
                if (response.Case != ReadResp.ContentOneofCase.Event || Decode(decoder, response) is not { } e || (forwards && e.Position <= seen))
                {
                    continue;
                }

                if (filter?.Matches(e) == false)
                {
                    seen = e.Position;
                    continue;
                }

                yield return e;
                seen = e.Position;
                left--;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        var reading = Resuming(() => ReadRequests.Stream(stream, Direction.Backwards, long.MaxValue, 1), ended.Token);
        var decoder = new EventDecoder();
        var last = -1L;
        await using (reading.ConfigureAwait(false))
        {
            while (await NextAsync(reading, stream, cancellationToken).ConfigureAwait(false) is { } response)
            {
                last = response.Case switch
                {
                    ReadResp.ContentOneofCase.Event when Decode(decoder, response) is { } e => Math.Max(last, e.Revision),
                    ReadResp.ContentOneofCase.LastStreamPosition => checked((long)response.Other!.LastStreamPosition), // also where nothing is visible
                    _ => last,
                };
            }
        }

        return last;
    }

    /// <inheritdoc/>
    public async Task<ulong?> LastPositionAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in ReadAllAsync(Direction.Backwards, ulong.MaxValue, 1, null, cancellationToken).ConfigureAwait(false))
        {
            return e.Position;
        }

        return null;
    }

    // A cursor's stream keeps just its newest event, whatever else a server still holds of it.
    private async IAsyncEnumerable<RecordedEvent> ReadCursorAsync(
        StreamName stream, Direction direction, long from, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in ReadRangeAsync(stream, Direction.Backwards, long.MaxValue, Math.Min(maxCount, 1), cancellationToken).ConfigureAwait(false))
        {
            if (direction == Direction.Forwards ? e.Revision >= from : e.Revision <= from)
            {
                yield return e;
            }
        }
    }

    private async IAsyncEnumerable<RecordedEvent> ReadRangeAsync(
        StreamName stream, Direction direction, long from, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        var forwards = direction == Direction.Forwards;
        var next = from;
        var left = maxCount;
        if (forwards && from == long.MaxValue)
        {
            yield break;
        }

        var decoder = new EventDecoder();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        var reading = Resuming(() => ReadRequests.Stream(stream, direction, next, left), ended.Token);
        await using (reading.ConfigureAwait(false))
        {
            while (left > 0 && next >= 0 && (reading.Ready() ?? await NextAsync(reading, stream, cancellationToken).ConfigureAwait(false)) is { } response)
            {
                if (response.Case != ReadResp.ContentOneofCase.Event || Decode(decoder, response) is not { } e)
                {
                    continue;
                }

                yield return e;
                next = e.Revision + (forwards ? 1 : -1);
                left--;
            }
        }
    }

    private ResumingRead Resuming(Func<ReadReq> request, CancellationToken ended) =>
        new(_cluster, request, new Retries(_options.Time, _options.RetryDuring), GrpcCallOptions.None, ended);

    private async ValueTask<ReadAnswer?> NextAsync(ResumingRead reading, StreamName? stream, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.NextAsync().ConfigureAwait(false);
        }
        catch (GrpcException e)
        {
            ThrowIfClosed();
            throw Errors.ToJournal(e, stream);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && _isClosed)
        {
            throw Closed();
        }
    }

    private static RecordedEvent? Decode(EventDecoder decoder, ReadAnswer response)
    {
        try
        {
            return response.Event ?? decoder.Decode(response.Other!.Event);
        }
        catch (GrpcException e)
        {
            throw Errors.ToJournal(e);
        }
    }
}
