using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;
using Request = Loom.EventStoreDb.Protocol.Streams.DeleteReq.Types.Options;

namespace Loom.EventStoreDb.Server;

/// <summary>Streams.Delete and Streams.Tombstone: of ordinary streams only.</summary>
internal sealed class DeleteService(IStreamAdministration streams, StreamAccess access)
{
    public async Task<DeleteResp> DeleteAsync(DeleteReq request, bool forEver, ServerCall call)
    {
        var caller = await access.CallerAsync(call).ConfigureAwait(false);
        var options = request.Options ?? throw Wire.Invalid("A deletion has options.");
        var stream = Wire.Stream(options.StreamIdentifier);
        var expected = Expected(options);
        if (!await access.MayDeleteAsync(caller, stream, call.Ended).ConfigureAwait(false))
        {
            throw Errors.Denied();
        }

        var deleting = forEver ? streams.TombstoneAsync(stream, expected, call.Ended) : streams.DeleteAsync(stream, expected, call.Ended);
        return await deleting.ConfigureAwait(false) switch
        {
            DeleteResult.Deleted { Position: { } at } => new DeleteResp { Position = new() { CommitPosition = at, PreparePosition = at } },
            DeleteResult.Deleted => new DeleteResp { NoPosition = Wire.Empty },
            DeleteResult.Conflict conflict => throw Errors.WrongExpected(stream, expected, conflict.ActualRevision),
            var other => throw new InvalidOperationException($"A deletion ended as {other.GetType().Name}."),
        };
    }

    private static ExpectedRevision Expected(Request options) => options.ExpectedStreamRevisionCase switch
    {
        Request.ExpectedStreamRevisionOneofCase.Revision => AppendService.At(options.Revision),
        Request.ExpectedStreamRevisionOneofCase.NoStream => ExpectedRevision.NoStream,
        Request.ExpectedStreamRevisionOneofCase.Any => ExpectedRevision.Any,
        Request.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedRevision.StreamExists,
        _ => throw Wire.Invalid("A deletion says what it expects: revision, no_stream, any or stream_exists."),
    };
}
