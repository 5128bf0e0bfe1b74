using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;
using Request = Loom.EventStoreDb.Protocol.Streams.AppendReq.Types.Options;
using Wrong = Loom.EventStoreDb.Protocol.Streams.AppendResp.Types.WrongExpectedVersion;

namespace Loom.EventStoreDb.Server;

/// <summary>Streams.Append: options, then events, then one answer.</summary>
internal sealed class AppendService(IJournal journal, StreamAccess access)
{
    public async Task<AppendResp> AppendAsync(RequestReader<AppendReq> requests, ServerCall call)
    {
        var caller = await access.CallerAsync(call).ConfigureAwait(false);
        if ((await requests.ReadAsync().ConfigureAwait(false))?.Options is not { } options)
        {
            throw Wire.Invalid("An append begins with its options.");
        }

        var stream = Wire.Stream(options.StreamIdentifier);
        var expected = Expected(options);
        var events = new List<EventData>();
        long size = 0;
        while (await requests.ReadAsync().ConfigureAwait(false) is { } request)
        {
            var e = Wire.Proposed(request.ProposedMessage ?? throw Wire.Invalid("After its options an append has events only."));
            events.Add(e);
            if ((size += e.Size) > AppendRules.MaxAppend)
            {
                throw Errors.TooLarge();
            }
        }

        if (!await access.MayAppendAsync(caller, stream, events, call.Ended).ConfigureAwait(false))
        {
            throw Errors.Denied();
        }

        return await journal.AppendAsync(stream, expected, events, call.Ended).ConfigureAwait(false) switch
        {
            AppendResult.Appended done => new AppendResp { Success = Success(done) },
            AppendResult.Conflict conflict => new AppendResp { WrongExpectedVersion = WrongExpected(options, conflict.ActualRevision) },
            var other => throw new InvalidOperationException($"An append ended as {other.GetType().Name}."),
        };
    }

    private static ExpectedRevision Expected(Request options) => options.ExpectedStreamRevisionCase switch
    {
        Request.ExpectedStreamRevisionOneofCase.Revision => At(options.Revision),
        Request.ExpectedStreamRevisionOneofCase.NoStream => ExpectedRevision.NoStream,
        Request.ExpectedStreamRevisionOneofCase.Any => ExpectedRevision.Any,
        Request.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedRevision.StreamExists,
        _ => throw Wire.Invalid("An append says what it expects: revision, no_stream, any or stream_exists."),
    };

    public static ExpectedRevision At(ulong revision) =>
        revision <= long.MaxValue ? ExpectedRevision.At((long)revision) : throw Wire.Invalid($"{revision} is no revision.");

    private static AppendResp.Types.Success Success(AppendResult.Appended done)
    {
        var success = new AppendResp.Types.Success { LoomRepeated = done.Repeated };
        if (done.LastRevision >= 0)
        {
            success.CurrentRevision = (ulong)done.LastRevision;
        }
        else
        {
            success.NoStream = Wire.Empty;
        }

        if (done.Position is { } position)
        {
            success.Position = new() { CommitPosition = position, PreparePosition = position };
        }
        else
        {
            success.NoPosition = Wire.Empty;
        }

        return success;
    }

    // Both generations of fields, for clients of both.
    private static Wrong WrongExpected(Request options, long actual)
    {
        var wrong = new Wrong();
        if (actual >= 0)
        {
            wrong.CurrentRevision2060 = wrong.CurrentRevision = (ulong)actual;
        }
        else
        {
            wrong.NoStream2060 = wrong.CurrentNoStream = Wire.Empty;
        }

        switch (options.ExpectedStreamRevisionCase)
        {
            case Request.ExpectedStreamRevisionOneofCase.Any:
                wrong.Any2060 = wrong.ExpectedAny = Wire.Empty;
                break;
            case Request.ExpectedStreamRevisionOneofCase.StreamExists:
                wrong.StreamExists2060 = wrong.ExpectedStreamExists = Wire.Empty;
                break;
            case Request.ExpectedStreamRevisionOneofCase.NoStream:
                wrong.ExpectedRevision2060 = ulong.MaxValue;
                wrong.ExpectedNoStream = Wire.Empty;
                break;
            default:
                wrong.ExpectedRevision2060 = wrong.ExpectedRevision = options.Revision;
                break;
        }

        return wrong;
    }
}
