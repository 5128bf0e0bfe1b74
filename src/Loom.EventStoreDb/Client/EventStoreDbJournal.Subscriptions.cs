using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.EventStoreDb.Client;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;

namespace Loom.EventStoreDb;

/// <summary>Subscriptions: after a lost connection they go on behind what was seen, without loss or repetition.</summary>
public sealed partial class EventStoreDbJournal
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, -1);
        ThrowIfClosed();
        var seen = after;
        var decoder = new EventDecoder();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        var reading = Resuming(() => ReadRequests.SubscriptionToStream(stream, seen), ended.Token);
        await using (reading.ConfigureAwait(false))
        {
            while ((reading.Ready() ?? await NextAsync(reading, stream, cancellationToken).ConfigureAwait(false)) is { } response)
            {
                switch (response.Case)
                {
                    case ReadResp.ContentOneofCase.Event when Decode(decoder, response) is { } e && e.Revision > seen:
                        if (e.Revision == MetadataStreams.TombstoneRevision)
                        {
                            throw Errors.Deleted(stream); // EventStoreDB shows it, and says so afterwards
                        }

                        seen = e.Revision;
                        yield return new SubscriptionMessage.EventArrived(e);
                        break;
                    case ReadResp.ContentOneofCase.CaughtUp:
                        yield return new SubscriptionMessage.CaughtUp();
                        break;
                }
            }
        }

        throw Ended(stream.Value);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        ulong? after, EventFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        (ulong Commit, ulong Prepare)? seen = after is { } position ? (position, position) : null;

        // EventStoreDB does not say how far a filter had skipped when it caught up; what is there now has been looked at by then.
        var skipped = filter is null ? null : await LastPositionAsync(cancellationToken).ConfigureAwait(false);
        var decoder = new EventDecoder();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        var reading = Resuming(() => ReadRequests.SubscriptionToAll(seen, filter), ended.Token);
        await using (reading.ConfigureAwait(false))
        {
            while ((reading.Ready() ?? await NextAsync(reading, null, cancellationToken).ConfigureAwait(false)) is { } response)
            {
                switch (response.Case)
                {
                    case ReadResp.ContentOneofCase.Event:
                        var at = response.Event is { } plain ? (plain.Position, plain.Position)
                            : response.Other?.Event.Event is { } read ? (read.CommitPosition, read.PreparePosition)
                            : seen;
                        if (Decode(decoder, response) is { } e && filter?.Matches(e) != false)
                        {
                            yield return new SubscriptionMessage.EventArrived(e);
                        }

                        seen = at;
                        break;
                    case ReadResp.ContentOneofCase.Checkpoint:
                        var checkpoint = response.Other!.Checkpoint;
                        seen = (checkpoint.CommitPosition, checkpoint.PreparePosition);
                        if (filter is not null)
                        {
                            yield return new SubscriptionMessage.Checkpoint(seen.Value.Commit);
                        }

                        break;
                    case ReadResp.ContentOneofCase.CaughtUp:
                        if (skipped is { } end && !(seen?.Commit >= end))
                        {
                            seen = (end, end);
                            yield return new SubscriptionMessage.Checkpoint(end);
                        }

                        skipped = null;
                        yield return new SubscriptionMessage.CaughtUp();
                        break;
                }
            }
        }

        throw Ended("the whole journal");
    }

    private static JournalException Ended(string what) =>
        new(JournalFailure.Unavailable, $"The server ended the subscription to {what}. Subscribe again after the last event seen.");
}
