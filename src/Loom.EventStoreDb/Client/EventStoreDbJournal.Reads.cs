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

        // EventStoreDB begins only where an event lies, and answers UNKNOWN elsewhere; callers ask for what comes after an event with the next number.
        ulong?[] begins = (forwards, from) switch
        {
            (true, 0) or (false, ulong.MaxValue) => [from],
            (true, 1) => [0, from],
            (true, _) => [from - 1, from, 0],
            (false, _) => [from, null],
        };
        for (var i = 0; i < begins.Length; i++)
        {
            var begin = begins[i] ?? await AtOrAfterAsync(from, filter, cancellationToken).ConfigureAwait(false);
            ulong? seen = null;
            var left = maxCount;
            var decoder = new EventDecoder();
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            var reading = Resuming(() => ReadRequests.All(direction, seen ?? begin, Asked(forwards, begin, from, seen, left), filter), ended.Token);
            await using (reading.ConfigureAwait(false))
            {
                ReadAnswer? response;
                try
                {
                    response = await NextAsync(reading, null, cancellationToken).ConfigureAwait(false);
                }
                catch (JournalException refused) when (i < begins.Length - 1 && refused.InnerException is GrpcException { Code: StatusCode.Unknown })
                {
                    continue;
                }

                for (; response is not null; response = left == 0 ? null : reading.Ready() ?? await NextAsync(reading, null, cancellationToken).ConfigureAwait(false))
                {
                    if (response.Case != ReadResp.ContentOneofCase.Event || Decode(decoder, response) is not { } e
                        || (forwards ? e.Position < from || e.Position <= seen : e.Position >= from && from != ulong.MaxValue))
                    {
                        continue;
                    }

                    seen = e.Position;
                    if (filter?.Matches(e) != false)
                    {
                        left--;
                        yield return e;
                    }
                }

                yield break;
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

    // Where to begin backwards for all that lies before a position.
    private async ValueTask<ulong> AtOrAfterAsync(ulong position, EventFilter? filter, CancellationToken cancellationToken)
    {
        await foreach (var e in ReadAllAsync(Direction.Forwards, position, 1, filter, cancellationToken).ConfigureAwait(false))
        {
            return e.Position;
        }

        return ulong.MaxValue;
    }

    // What is passed over counts for the server: the event where a read begins, forwards also after a lost connection.
    private static long Asked(bool forwards, ulong begin, ulong from, ulong? seen, long left) =>
        left == long.MaxValue || (seen is null ? begin == from : !forwards) ? left
        : seen is not null || (forwards && begin == from - 1) ? left + 1
        : long.MaxValue;

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
