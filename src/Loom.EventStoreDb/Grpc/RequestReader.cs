using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Loom.EventStoreDb.Grpc;

/// <summary>The requests of one call, in order.</summary>
internal sealed class RequestReader<T>(FrameReader<T> frames, TimeSpan? idleLimit, TimeProvider time, CancellationToken ended)
    where T : class
{
    /// <summary>The next request, or null when the caller has sent its last.</summary>
    /// <exception cref="GrpcException">The caller went away, sent nothing for too long, or what cannot be read.</exception>
    public async ValueTask<T?> ReadAsync()
    {
        try
        {
            return await ReadInTimeAsync().ConfigureAwait(false);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new GrpcException(StatusCode.Cancelled, "The caller went away.", inner: e); // the call itself may hear of it later
        }
    }

    private async ValueTask<T?> ReadInTimeAsync()
    {
        if (idleLimit is not { } limit)
        {
            return await frames.ReadAsync(ended).ConfigureAwait(false);
        }

        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, late.Token);
        try
        {
            return await frames.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !ended.IsCancellationRequested)
        {
            throw new GrpcException(StatusCode.DeadlineExceeded, $"No request came within {limit.TotalSeconds:0} seconds.");
        }
    }

    /// <summary>The only request of a call that has one.</summary>
    public async Task<T> ReadOnlyAsync()
    {
        var message = await ReadAsync().ConfigureAwait(false)
            ?? throw new GrpcException(StatusCode.Internal, "The call ended without its request.");
        return await ReadAsync().ConfigureAwait(false) is null
            ? message
            : throw new GrpcException(StatusCode.Internal, "The call has more than one request.");
    }
}
