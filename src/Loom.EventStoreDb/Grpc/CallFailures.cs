namespace Loom.EventStoreDb.Grpc;

/// <summary>What a broken connection or stream means as the end of a call.</summary>
internal static class CallFailures
{
    private const long Refused = 0x7;
    private const long Cancel = 0x8;
    private const long EnhanceYourCalm = 0xB;
    private const long InadequateSecurity = 0xC;

    public static GrpcException Translate(Exception e, bool deadlinePassed)
    {
        if (deadlinePassed)
        {
            return new GrpcException(StatusCode.DeadlineExceeded, "Deadline Exceeded", inner: e);
        }

        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is HttpProtocolException { ErrorCode: not 0 } reset)
            {
                return new GrpcException(Code(reset.ErrorCode), $"The server reset the call: {reset.Message}", inner: e);
            }
        }

        return e is OperationCanceledException
            ? new GrpcException(StatusCode.Cancelled, "The call was cancelled.", inner: e)
            : new GrpcException(StatusCode.Unavailable, $"The connection failed: {e.Message}", inner: e);
    }

    private static StatusCode Code(long error) => error switch
    {
        Refused => StatusCode.Unavailable,
        Cancel => StatusCode.Cancelled,
        EnhanceYourCalm => StatusCode.ResourceExhausted,
        InadequateSecurity => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };
}
