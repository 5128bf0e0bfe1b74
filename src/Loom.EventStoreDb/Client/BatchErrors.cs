using Google.Protobuf;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.Journal;

namespace Loom.EventStoreDb.Client;

/// <summary>What the error of one append of a batch means.</summary>
internal static class BatchErrors
{
    /// <summary>The conflict that it tells of; null for another error.</summary>
    public static AppendResult.Conflict? Conflict(Status error)
    {
        if (error.Details?.Is(WrongExpectedVersion.Descriptor) != true)
        {
            return null;
        }

        try
        {
            var wrong = error.Details.Unpack<WrongExpectedVersion>();
            return new AppendResult.Conflict(
                wrong.CurrentStreamRevisionOptionCase == WrongExpectedVersion.CurrentStreamRevisionOptionOneofCase.CurrentStreamRevision
                    ? Answers.Revision(wrong.CurrentStreamRevision)
                    : -1);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Answers.Unreadable("a conflict that cannot be read", e);
        }
    }

    /// <summary>Any other error, as if the call had ended with it.</summary>
    public static GrpcException Exception(Status error)
    {
        var identity = Name(error) switch
        {
            nameof(AccessDenied) => Errors.AccessDenied,
            nameof(StreamDeleted) => Errors.StreamDeleted,
            nameof(MaximumAppendSizeExceeded) => Errors.AppendTooLarge,
            _ => null,
        };

        // Code 0 is how a server says that it is not ready, or too busy.
        var code = error.Code is > 0 and <= (int)StatusCode.Unauthenticated ? (StatusCode)error.Code : StatusCode.Unavailable;
        return new GrpcException(code, Text(error), identity is null ? null : Errors.Trailers(identity)) { IsAnswer = true };
    }

    private static string Name(Status error)
    {
        var url = error.Details?.TypeUrl ?? "";
        return url[(url.LastIndexOf('.') + 1)..];
    }

    private static string Text(Status error)
    {
        try
        {
            return error.Details?.Is(BadRequest.Descriptor) == true ? error.Details.Unpack<BadRequest>().Message : error.Message;
        }
        catch (InvalidProtocolBufferException)
        {
            return error.Message;
        }
    }
}
