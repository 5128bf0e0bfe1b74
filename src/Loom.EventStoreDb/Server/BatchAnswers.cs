using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;
using Status = Loom.EventStoreDb.Protocol.Status;

namespace Loom.EventStoreDb.Server;

/// <summary>The answers to one append of a batch.</summary>
internal static class BatchAnswers
{
    public static BatchAnswer Of(PendingAppend append, AppendResult result) => result switch
    {
        AppendResult.Appended done => new BatchAnswer
        {
            Correlation = append.First.Correlation,
            CorrelationBytes = append.First.CorrelationBytes,
            StreamBytes = append.Options.StreamBytes,
            Done = done,
        },
        AppendResult.Conflict conflict => Error(append, StatusCode.AlreadyExists, "WrongExpectedVersion", WrongExpected(append.Expected, conflict.ActualRevision)),
        _ => throw new InvalidOperationException($"An append ended as {result.GetType().Name}."),
    };

    public static BatchAnswer Of(PendingAppend append, GrpcException wrong) => wrong.Trailers.GetValueOrDefault(Errors.Key) switch
    {
        Errors.AccessDenied => Error(append, StatusCode.PermissionDenied, "AccessDenied", new AccessDenied()),
        Errors.StreamDeleted => Error(append, StatusCode.NotFound, "StreamDeleted", new StreamDeleted { StreamIdentifier = Wire.Identifier(append.Stream) }),
        Errors.AppendTooLarge => Error(append, StatusCode.InvalidArgument, "MaximumAppendSizeExceeded", new MaximumAppendSizeExceeded { MaxAppendSize = AppendRules.MaxAppend }),
        _ when wrong.Code == StatusCode.InvalidArgument => Error(append, StatusCode.InvalidArgument, "BadRequest", new BadRequest { Message = wrong.Detail }),
        _ => Error(append, wrong.Code, wrong.Detail, new Unknown()),
    };

    public static BatchAnswer TimedOut(PendingAppend append) => Error(append, StatusCode.DeadlineExceeded, "Timeout", new Protocol.Timeout());

    private static BatchAnswer Error(PendingAppend append, StatusCode code, string message, IMessage details) => new BatchAppendResp
    {
        CorrelationId = UUID.Parser.ParseFrom(append.First.CorrelationBytes.Span),
        StreamIdentifier = append.Options.StreamBytes is { } stream ? StreamIdentifier.Parser.ParseFrom(stream.Span) : null,
        Error = new Status { Code = (int)code, Message = message, Details = Any.Pack(details) },
    };

    private static WrongExpectedVersion WrongExpected(ExpectedRevision expected, long actual)
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

        switch (expected.Value)
        {
            case -1: wrong.ExpectedNoStream = Wire.Nothing; break;
            case -2: wrong.ExpectedAny = Wire.Nothing; break;
            case -4: wrong.ExpectedStreamExists = Wire.Nothing; break;
            default: wrong.ExpectedStreamPosition = (ulong)expected.Value; break;
        }

        return wrong;
    }
}
