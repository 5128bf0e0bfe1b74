using System.Net;

namespace Loom.EventStoreDb.Grpc;

/// <summary>A call whose requests go out while its responses come in. One writer and one reader at a time; disposing cancels it.</summary>
internal sealed class DuplexCall<TRequest, TResponse>(RequestContent<TRequest> requests, ResponseReader<TResponse> responses) : IAsyncDisposable
    where TRequest : class
    where TResponse : class
{
    /// <summary>Sends a request; waits while the server does not read.</summary>
    /// <exception cref="GrpcException">The call is over; reading it says how.</exception>
    public Task WriteAsync(TRequest request, CancellationToken cancellationToken) => requests.WriteAsync([request], cancellationToken);

    /// <summary>Sends requests together.</summary>
    /// <exception cref="GrpcException">The call is over; reading it says how.</exception>
    public Task WriteAsync(IReadOnlyList<TRequest> batch, CancellationToken cancellationToken) => requests.WriteAsync(batch, cancellationToken);

    /// <summary>There are no more requests.</summary>
    public Task CompleteAsync(CancellationToken cancellationToken) => requests.CompleteAsync(cancellationToken);

    /// <inheritdoc cref="ResponseReader{T}.ReadAsync"/>
    public ValueTask<TResponse?> ReadAsync() => responses.ReadAsync();

    /// <inheritdoc cref="ResponseReader{T}.ReadOnlyAsync"/>
    public Task<TResponse> ReadOnlyAsync() => responses.ReadOnlyAsync();

    public async ValueTask DisposeAsync()
    {
        requests.Abandon();
        await responses.DisposeAsync().ConfigureAwait(false);
        requests.Dispose();
    }
}

/// <summary>A request body that is written as the call goes on.</summary>
internal sealed class RequestContent<T>(Codec<T> codec) : HttpContent
    where T : class
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task WriteAsync(IReadOnlyList<T> messages, CancellationToken cancellationToken)
    {
        using var buffer = new FrameBuffer();
        foreach (var message in messages)
        {
            codec.Write(message, buffer);
        }

        try
        {
            var stream = await _opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(buffer.Written, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw CallFailures.Translate(e, deadlinePassed: false);
        }
    }

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            _complete.TrySetResult();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw CallFailures.Translate(e, deadlinePassed: false);
        }
    }

    /// <summary>Nothing more is written, whatever state the call is in.</summary>
    public void Abandon()
    {
        _opened.TrySetCanceled();
        _complete.TrySetCanceled();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            // The headers go out now: the other side may speak first.
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            using var ended = cancellationToken.Register(Abandon);
            _opened.TrySetResult(stream);
            await _complete.Task.ConfigureAwait(false);
        }
        finally
        {
            Abandon(); // a server that answered at once may end this before anybody could write, and nobody else hears of it
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
