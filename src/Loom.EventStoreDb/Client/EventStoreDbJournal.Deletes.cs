using System.Globalization;
using Loom.Core;
using Loom.EventStoreDb.Client;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;

namespace Loom.EventStoreDb;

/// <summary>Deletions and tombstones.</summary>
public sealed partial class EventStoreDbJournal
{
    /// <inheritdoc/>
    public Task<DeleteResult> DeleteAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
        DeleteAsync(Methods.Delete, "Deletion", stream, expected, cancellationToken);

    /// <inheritdoc/>
    public Task<DeleteResult> TombstoneAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
        DeleteAsync(Methods.Tombstone, "A tombstone", stream, expected, cancellationToken);

    private async Task<DeleteResult> DeleteAsync(
        GrpcMethod<DeleteReq, DeleteResp> method, string what, StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        await RefuseActorAsync(stream, what, cancellationToken).ConfigureAwait(false);
        var request = new DeleteReq { Options = Options(stream, expected) };
        var retries = new Retries(_options.Time, _options.RetryDuring);
        var handedOver = false;
        while (true)
        {
            var wait = handedOver ? _closing.Token : cancellationToken;
            Node? node = null;
            try
            {
                node = await _cluster.NodeAsync(wait).ConfigureAwait(false);
                if (!node.TryEnter())
                {
                    node = null;
                    continue;
                }

                var isRepeat = handedOver;
                handedOver = true;
                return await SendAsync(node, method, request, isRepeat).ConfigureAwait(false);
            }
            catch (GrpcException e)
            {
                if (node is not null && Retries.MayHelp(e))
                {
                    await _cluster.FailedAsync(node, e).ConfigureAwait(false);
                }

                if (_isClosed || !await AgainAsync(retries, e, wait).ConfigureAwait(false))
                {
                    throw handedOver && Retries.MayHelp(e)
                        ? new JournalException(JournalFailure.Unavailable, $"Whether '{stream}' was deleted is unknown: {e.Detail} Read the stream, or delete it again.", e)
                        : Errors.ToJournal(e, stream);
                }
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

    private async Task<DeleteResult> SendAsync(Node node, GrpcMethod<DeleteReq, DeleteResp> method, DeleteReq request, bool isRepeat)
    {
        try
        {
            var answer = await node.Channel.UnaryAsync(method, request, new GrpcCallOptions(_options.Settings.DefaultDeadline), _closing.Token).ConfigureAwait(false);
            return new DeleteResult.Deleted(answer.Position?.CommitPosition);
        }
        catch (GrpcException e) when (e.Trailers.GetValueOrDefault(Errors.Key) == Errors.WrongExpectedVersion)
        {
            return long.TryParse(e.Trailers.GetValueOrDefault(Errors.ActualVersion), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var actual)
                ? new DeleteResult.Conflict(actual)
                : throw new GrpcException(StatusCode.DataLoss, "The server refused a deletion without saying what is there.", inner: e);
        }
        catch (GrpcException e) when (isRepeat && e.Trailers.GetValueOrDefault(Errors.Key) == Errors.StreamDeleted)
        {
            return new DeleteResult.Deleted(null); // by the first try, or by somebody else: it is as it was to be
        }
    }

    /// <summary>The server may be a foreign one, which knows nothing of actors.</summary>
    private async Task RefuseActorAsync(StreamName stream, string what, CancellationToken cancellationToken)
    {
        ProtectedStreams.Check(stream, what);
        var isActor = _options.IsActorStream(stream);
        if (!isActor)
        {
            await foreach (var first in ReadRangeAsync(stream, Direction.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
            {
                isActor = first.Revision == 0 && TransitionReader.CarriesLoom(first);
            }
        }

        if (isActor)
        {
            throw ProtectedStreams.ActorStream(stream, what);
        }
    }

    private static DeleteReq.Types.Options Options(StreamName stream, ExpectedRevision expected)
    {
        var options = new DeleteReq.Types.Options { StreamIdentifier = Wire.Identifier(stream) };
        switch (expected.Value)
        {
            case -1: options.NoStream = Wire.Empty; break;
            case -2: options.Any = Wire.Empty; break;
            case -4: options.StreamExists = Wire.Empty; break;
            default: options.Revision = (ulong)expected.Value; break;
        }

        return options;
    }
}
