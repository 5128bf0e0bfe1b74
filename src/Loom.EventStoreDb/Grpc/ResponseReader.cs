using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

namespace Loom.EventStoreDb.Grpc;

/// <summary>The responses of one call, and how it ended. One reader at a time.</summary>
internal sealed class ResponseReader<T> : IAsyncDisposable
    where T : class
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private readonly Codec<T> _codec;
    private readonly GrpcChannelOptions _options;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _ended;
    private readonly CancellationTokenSource? _deadline;
    private readonly Task<HttpResponseMessage> _sending;
    private HttpResponseMessage? _response;
    private PipeReader? _pipe;
    private FrameReader<T>? _frames;
    private bool _isOver;

    public ResponseReader(
        HttpMessageInvoker http, HttpRequestMessage request, Codec<T> codec, TimeSpan? timeout, GrpcChannelOptions options, CancellationToken caller)
    {
        (_codec, _options, _caller) = (codec, options, caller);
        _deadline = timeout is { } wait && wait < LongestTimer ? new CancellationTokenSource(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, options.Time) : null;
        _ended = _deadline is null
            ? CancellationTokenSource.CreateLinkedTokenSource(caller)
            : CancellationTokenSource.CreateLinkedTokenSource(caller, _deadline.Token);
        _sending = http.SendAsync(request, _ended.Token);
    }

    /// <summary>Runs <paramref name="act"/> when the request could not be sent, or not to its end.</summary>
    public void WhenNotSent(Action act) =>
        _sending.ContinueWith(
            _ => act(), CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>The next response if all of it is there already.</summary>
    /// <exception cref="GrpcException">It cannot be read.</exception>
    public bool TryRead([NotNullWhen(true)] out T? message)
    {
        message = null;
        return !_isOver && _frames?.TryRead(out message) == true;
    }

    /// <summary>The next response, or null when the call ended with OK.</summary>
    /// <exception cref="GrpcException">It ended otherwise.</exception>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async ValueTask<T?> ReadAsync()
    {
        if (_isOver)
        {
            return null;
        }

        try
        {
            if (_frames is null && !await OpenAsync().ConfigureAwait(false))
            {
                _isOver = true;
                return null;
            }

            if (await NextFrameAsync().ConfigureAwait(false) is { } message)
            {
                return message;
            }

            _isOver = true;
            ThrowUnlessOk(_response!.TrailingHeaders.NonValidated, StatusCode.Unavailable); // a server that went away
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            _isOver = true;
            _caller.ThrowIfCancellationRequested();
            throw CallFailures.Translate(e, _deadline?.IsCancellationRequested == true);
        }
    }

    /// <summary>The only response of a call that has one.</summary>
    public async Task<T> ReadOnlyAsync()
    {
        var message = await ReadAsync().ConfigureAwait(false)
            ?? throw new GrpcException(StatusCode.Internal, "The call ended with OK but without its response.");
        return await ReadAsync().ConfigureAwait(false) is null
            ? message
            : throw new GrpcException(StatusCode.Internal, "The call has more than one response.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isOver)
        {
            await _ended.CancelAsync().ConfigureAwait(false); // resets the stream
        }

        try
        {
            _response ??= await _sending.ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever read the call has been told; whoever did not, left it.
        }

        if (_pipe is not null)
        {
            await _pipe.CompleteAsync().ConfigureAwait(false);
        }

        _response?.Dispose();
        _ended.Dispose();
        _deadline?.Dispose();
    }

    // What a server did is not to be blamed on the request: its unreadable response is no refusal.
    private async ValueTask<T?> NextFrameAsync()
    {
        try
        {
            return await _frames!.ReadAsync(_ended.Token).ConfigureAwait(false);
        }
        catch (GrpcException e) when (e.Code != StatusCode.Internal)
        {
            throw new GrpcException(StatusCode.DataLoss, $"The server's response cannot be read: {e.Detail}", inner: e);
        }
    }

    // False: the call ended with OK in its headers, without a message.
    private async ValueTask<bool> OpenAsync()
    {
        _response = await _sending.ConfigureAwait(false);
        var headers = _response.Headers.NonValidated;
        if (headers.Contains(GrpcText.Status))
        {
            ThrowUnlessOk(headers, StatusCode.Unknown);
            return false;
        }

        if (_response.StatusCode != HttpStatusCode.OK)
        {
            throw new GrpcException(HttpStatus(_response.StatusCode), $"The server answered with HTTP status {(int)_response.StatusCode}.")
            {
                IsAnswer = (int)_response.StatusCode is >= 400 and < 500, // refused before it was a call
            };
        }

        if (!GrpcText.IsGrpc(_response.Content.Headers.NonValidated.TryGetValues("content-type", out var type) ? type.ToString() : null))
        {
            throw new GrpcException(StatusCode.Unknown, $"The server answered with content type '{type}', which is no {GrpcText.ContentType}.");
        }

        var encoded = headers.TryGetValues(GrpcText.Encoding, out var encoding) && encoding.ToString() != GrpcText.Identity;
        _pipe = PipeReader.Create(await _response.Content.ReadAsStreamAsync(_ended.Token).ConfigureAwait(false), new StreamPipeReaderOptions(bufferSize: 64 << 10));
        _frames = new FrameReader<T>(_pipe, _codec, _options.MaxResponseBytes, encoded);
        return true;
    }

    private static StatusCode HttpStatus(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static void ThrowUnlessOk(HttpHeadersNonValidated headers, StatusCode ifAbsent)
    {
        var isAnswer = headers.TryGetValues(GrpcText.Status, out var text);
        var code = !isAnswer ? ifAbsent
            : int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= (int)StatusCode.Unauthenticated ? (StatusCode)number
            : StatusCode.Unknown;
        if (code == StatusCode.Ok)
        {
            return;
        }

        var message = headers.TryGetValues(GrpcText.Message, out var encoded) ? GrpcText.Decode(encoded.ToString())
            : isAnswer ? "The server gave no reason."
            : "The response ended without a status.";
        throw new GrpcException(code, message, headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => GrpcText.Decode(h.Value.ToString()))) { IsAnswer = isAnswer };
    }
}
