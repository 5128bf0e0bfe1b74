using System.Text;
using Loom.Core;
using Loom.EventStoreDb.Client;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;

namespace Loom.EventStoreDb;

/// <summary>Appends.</summary>
public sealed partial class EventStoreDbJournal
{
    private const int LookedThrough = 1000;

    /// <inheritdoc/>
    public async Task<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        Check(stream, events);
        if (MetadataStreams.TryDescribed(stream, out var described))
        {
            await RefuseActorAsync(described.Value, "Metadata", cancellationToken).ConfigureAwait(false);
        }

        if (events.Count == 0)
        {
            return await ExpectAsync(stream, expected, cancellationToken).ConfigureAwait(false);
        }

        var retries = new Retries(_options.Time, _options.RetryDuring);
        var handedOver = false;
        var isUnknown = false; // an attempt may have been written though nobody said so
        while (true)
        {
            // Once it was handed to a server it may be written: from then on only its outcome ends it.
            var wait = handedOver ? _closing.Token : cancellationToken;
            Node? node = null;
            var isAttempt = false;
            try
            {
                node = await _cluster.NodeAsync(wait).ConfigureAwait(false);
                if (!node.TryEnter())
                {
                    node = null;
                    continue;
                }

                if (handedOver && !expected.IsExact && await FindAsync(stream, events).ConfigureAwait(false) is { } found)
                {
                    return found;
                }

                handedOver = isAttempt = true;
                return node.Batches is { } batches
                    ? Result(await batches.AppendAsync(stream, expected, events).ConfigureAwait(false))
                    : Result(await AppendAloneAsync(node, stream, expected, events).ConfigureAwait(false));
            }
            catch (GrpcException e)
            {
                isUnknown |= isAttempt && !SaysNotWritten(e);
                if (node is not null && (Retries.MayHelp(e) || node.Batches is { HasEnded: true }))
                {
                    await _cluster.FailedAsync(node, e).ConfigureAwait(false);
                }

                // A refusal of a repeat says nothing of the attempt before it.
                if (_isClosed || !await AgainAsync(retries, e, wait).ConfigureAwait(false))
                {
                    throw isUnknown ? Unknown(stream, e.Detail, e) : Errors.ToJournal(e, stream);
                }
            }
            catch (JournalException e) when (isUnknown)
            {
                throw Unknown(stream, e.Message, e); // it could not be looked for
            }
            catch (EncoderFallbackException e)
            {
                throw new JournalException(JournalFailure.Refused, $"An event for '{stream}' has a type with a lone surrogate. Send well-formed text.", e);
            }
            catch (OperationCanceledException) when (_isClosed)
            {
                throw Closed();
            }
            finally
            {
                node?.Leave();
            }
        }
    }

    // Not sent: EventStoreDB writes an empty record, brings a deleted stream back, and answers for a new stream as if it were its first event.
    private async Task<AppendResult> ExpectAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken)
    {
        var last = await LastRevisionAsync(stream, cancellationToken).ConfigureAwait(false);
        var holds = expected.Value switch { -2 => true, -4 => last >= 0, var revision => last == revision };
        return holds ? new AppendResult.Appended(last, null) : new AppendResult.Conflict(last);
    }

    private static bool SaysNotWritten(GrpcException e) =>
        e.IsAnswer && e.Code != StatusCode.Unknown && (!Retries.MayHelp(e) || e.Trailers.GetValueOrDefault(Errors.Key) == Errors.NotLeader);

    // Without a revision a server knows a repeat only by the ids that it remembers, and after a restart it may not: so they are looked for
    // among the stream's newest events before the append is made again.
    private async Task<AppendResult?> FindAsync(StreamName stream, IReadOnlyList<EventData> events)
    {
        var wanted = events.Count - 1;
        RecordedEvent? last = null;
        await foreach (var e in ReadRangeAsync(stream, Direction.Backwards, long.MaxValue, LookedThrough + events.Count, _closing.Token).ConfigureAwait(false))
        {
            if (e.Id != events[wanted].Id)
            {
                (wanted, last) = (events.Count - 1, null);
                if (e.Id != events[wanted].Id)
                {
                    continue;
                }
            }

            last ??= e;
            if (--wanted < 0)
            {
                return new AppendResult.Appended(last.Revision, last.Position) { Repeated = true };
            }
        }

        return null;
    }

    private async ValueTask<bool> AgainAsync(Retries retries, GrpcException e, CancellationToken wait)
    {
        try
        {
            return await retries.AgainAsync(e, wait).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_isClosed)
        {
            return false;
        }
    }

    private static JournalException Unknown(StreamName stream, string why, Exception e) => new(
        JournalFailure.Unavailable,
        $"Whether the append to '{stream}' was written is unknown: {why} Read the stream, or append the same events again.",
        e);

    private static void Check(StreamName stream, IReadOnlyList<EventData> events)
    {
        AppendRules.Check(stream, events);
        foreach (var e in events)
        {
            if (e.ContentType is not (EventData.Json or EventData.Binary))
            {
                throw new JournalException(
                    JournalFailure.Refused,
                    $"Event {e.Id} for '{stream}' has content type '{e.ContentType}'; EventStoreDB keeps only {EventData.Json} and {EventData.Binary}. Use one of them.");
            }
        }
    }

    private async Task<AppendResp> AppendAloneAsync(Node node, StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events)
    {
        var options = new AppendReq.Types.Options { StreamIdentifier = Wire.Identifier(stream) };
        switch (expected.Value)
        {
            case -1: options.NoStream = Wire.Empty; break;
            case -2: options.Any = Wire.Empty; break;
            case -4: options.StreamExists = Wire.Empty; break;
            default: options.Revision = (ulong)expected.Value; break;
        }

        var requests = events.Select(e => new AppendReq { ProposedMessage = Wire.Propose(e) }).Prepend(new AppendReq { Options = options });
        return await node.Channel
            .ClientStreamingAsync(Methods.Append, requests, new GrpcCallOptions(_options.Settings.DefaultDeadline), _closing.Token)
            .ConfigureAwait(false);
    }

    private static AppendResult Result(AppendResp answer)
    {
        switch (answer.ResultCase)
        {
            case AppendResp.ResultOneofCase.Success:
                var done = answer.Success;
                return Appended(
                    done.CurrentRevisionOptionCase == AppendResp.Types.Success.CurrentRevisionOptionOneofCase.CurrentRevision ? done.CurrentRevision : null,
                    done.Position?.CommitPosition,
                    done.HasLoomRepeated ? done.LoomRepeated : null);
            case AppendResp.ResultOneofCase.WrongExpectedVersion:
                var wrong = answer.WrongExpectedVersion;
                return new AppendResult.Conflict(
                    wrong.CurrentRevisionOptionCase == AppendResp.Types.WrongExpectedVersion.CurrentRevisionOptionOneofCase.CurrentRevision ? Answers.Revision(wrong.CurrentRevision) : -1);
            default:
                throw Answers.Unreadable("neither success nor conflict of an append");
        }
    }

    private static AppendResult Result(BatchAnswer answer)
    {
        if (answer.Done is { } plain)
        {
            return plain;
        }

        var other = answer.Other!;
        switch (other.ResultCase)
        {
            case BatchAppendResp.ResultOneofCase.Success:
                var done = other.Success;
                return Appended(
                    done.CurrentRevisionOptionCase == BatchAppendResp.Types.Success.CurrentRevisionOptionOneofCase.CurrentRevision ? done.CurrentRevision : null,
                    done.Position?.CommitPosition,
                    done.HasLoomRepeated ? done.LoomRepeated : null);
            case BatchAppendResp.ResultOneofCase.Error:
                return BatchErrors.Conflict(other.Error) ?? throw BatchErrors.Exception(other.Error);
            default:
                throw Answers.Unreadable("neither success nor error of an append");
        }
    }

    // Only Loom's servers say whether it was a repeat; where nothing is said it may have been one.
    private static AppendResult.Appended Appended(ulong? revision, ulong? position, bool? repeated) =>
        new(revision is { } last ? Answers.Revision(last) : -1, position) { Repeated = repeated ?? true };
}
