using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;
using Options = Loom.EventStoreDb.Protocol.Streams.BatchAppendReq.Types.Options;
using Status = Loom.EventStoreDb.Protocol.Status;

namespace Loom.EventStoreDb.Server;

/// <summary>The answers to one append of a batch.</summary>
internal static class BatchAnswers
{
    public static BatchAppendResp Of(PendingAppend append, AppendResult result) => result switch
    {
        AppendResult.Appended done => Answer(append, Success(done)),
        AppendResult.Conflict conflict => Error(append, StatusCode.AlreadyExists, "WrongExpectedVersion", WrongExpected(append.Options, conflict.ActualRevision)),
        _ => throw new InvalidOperationException($"An append ended as {result.GetType().Name}."),
    };

    public static BatchAppendResp Of(PendingAppend append, GrpcException wrong) => wrong.Trailers.GetValueOrDefault(Errors.Key) switch
    {
        Errors.AccessDenied => Error(append, StatusCode.PermissionDenied, "AccessDenied", new AccessDenied()),
        Errors.AppendTooLarge => Error(append, StatusCode.InvalidArgument, "MaximumAppendSizeExceeded", new MaximumAppendSizeExceeded { MaxAppendSize = AppendRules.MaxAppend }),
        _ when wrong.Code == StatusCode.InvalidArgument => Error(append, StatusCode.InvalidArgument, "BadRequest", new BadRequest { Message = wrong.Detail }),
        _ => Error(append, wrong.Code, wrong.Detail, new Unknown()),
    };

    public static BatchAppendResp TimedOut(PendingAppend append) => Error(append, StatusCode.DeadlineExceeded, "Timeout", new Protocol.Timeout());

    private static BatchAppendResp Error(PendingAppend append, StatusCode code, string message, IMessage details)
    {
        var answer = Answer(append, null);
        answer.Error = new Status { Code = (int)code, Message = message, Details = Any.Pack(details) };
        return answer;
    }

    private static BatchAppendResp Answer(PendingAppend append, BatchAppendResp.Types.Success? success) =>
        new() { CorrelationId = append.Correlation, StreamIdentifier = append.Identifier, Success = success };

    private static BatchAppendResp.Types.Success Success(AppendResult.Appended done)
    {
        var success = new BatchAppendResp.Types.Success { LoomRepeated = done.Repeated };
        if (done.LastRevision >= 0)
        {
            success.CurrentRevision = (ulong)done.LastRevision;
        }
        else
        {
            success.NoStream = Wire.Nothing;
        }

        if (done.Position is { } position)
        {
            success.Position = new AllStreamPosition { CommitPosition = position, PreparePosition = position };
        }
        else
        {
            success.NoPosition = Wire.Nothing;
        }

        return success;
    }

    private static WrongExpectedVersion WrongExpected(Options options, long actual)
    {
        var wrong = new WrongExpectedVersion();
        if (actual >= 0)
        {
            wrong.CurrentStreamRevision = (ulong)actual;
        }
        else
        {
            wrong.CurrentNoStream = Wire.Nothing;
        }

        switch (options.ExpectedStreamPositionCase)
        {
            case Options.ExpectedStreamPositionOneofCase.Any:
                wrong.ExpectedAny = Wire.Nothing;
                break;
            case Options.ExpectedStreamPositionOneofCase.StreamExists:
                wrong.ExpectedStreamExists = Wire.Nothing;
                break;
            case Options.ExpectedStreamPositionOneofCase.NoStream:
                wrong.ExpectedNoStream = Wire.Nothing;
                break;
            default:
                wrong.ExpectedStreamPosition = options.StreamPosition;
                break;
        }

        return wrong;
    }
}
