using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;

namespace Loom.EventStoreDb.Grpc;

/// <summary>Calls one server, over as many HTTP/2 connections as its calls need. Thread-safe.</summary>
internal sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly GrpcChannelOptions _options;

    /// <param name="address">http: clear text with prior knowledge; https: TLS.</param>
    /// <param name="options">How to connect.</param>
    public GrpcChannel(Uri address, GrpcChannelOptions options)
    {
        (Address, _options) = (address, options);
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            InitialHttp2StreamWindowSize = 1 << 20, // what a reader that stops reading holds at most
            ActivityHeadersPropagator = null,
        };
        if (options.KeepAliveInterval is { } interval)
        {
            handler.KeepAlivePingDelay = interval;
            handler.KeepAlivePingTimeout = options.KeepAliveTimeout;
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always;
        }

        if (options.Tls is { } tls)
        {
            handler.SslOptions = tls;
        }

        _http = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    public Uri Address { get; }

    /// <summary>One request, one response.</summary>
    /// <exception cref="GrpcException">The call ended with another status than OK.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        var call = ServerStreaming(method, request, options, cancellationToken);
        await using (call.ConfigureAwait(false))
        {
            return await call.ReadOnlyAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One request, a stream of responses. Disposing cancels the call.</summary>
    public ResponseReader<TResponse> ServerStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        using var frame = new FrameBuffer();
        method.Requests.Write(request, frame);
        return Start(method, new ByteArrayContent(frame.Written.ToArray()), options, cancellationToken);
    }

    /// <summary>One request, a stream of responses. Leaving the enumeration cancels the call.</summary>
    /// <exception cref="GrpcException">The call ended with another status than OK.</exception>
    public async IAsyncEnumerable<TResponse> ServerStreamingAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        var call = ServerStreaming(method, request, options, cancellationToken);
        await using (call.ConfigureAwait(false))
        {
            while (await call.ReadAsync().ConfigureAwait(false) is { } response)
            {
                yield return response;
            }
        }
    }

    /// <summary>Requests and responses, each in its own time. The token, like disposing, cancels the whole call.</summary>
    public DuplexCall<TRequest, TResponse> Duplex<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        var requests = new RequestContent<TRequest>(method.Requests);
        var responses = Start(method, requests, options, cancellationToken);
        responses.WhenNotSent(requests.Abandon);
        return new DuplexCall<TRequest, TResponse>(requests, responses);
    }

    /// <summary>A stream of requests, one response.</summary>
    /// <exception cref="GrpcException">The call ended with another status than OK.</exception>
    public async Task<TResponse> ClientStreamingAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, IEnumerable<TRequest> requests, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        var call = Duplex(method, options, cancellationToken);
        await using (call.ConfigureAwait(false))
        {
            try
            {
                foreach (var request in requests)
                {
                    await call.WriteAsync(request, cancellationToken).ConfigureAwait(false);
                }

                await call.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (GrpcException)
            {
                // The server ended the call early; the response says why.
            }

            return await call.ReadOnlyAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _http.Dispose();

    private ResponseReader<TResponse> Start<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, HttpContent content, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(GrpcText.ContentType);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, method.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation(GrpcText.AcceptEncoding, GrpcText.Identity);
        foreach (var (key, value) in options.Headers is { } own ? _options.Headers.Concat(own) : _options.Headers)
        {
            request.Headers.TryAddWithoutValidation(key, value);
        }

        if (options.Timeout is { } timeout)
        {
            request.Headers.TryAddWithoutValidation(GrpcText.Timeout, GrpcText.FormatTimeout(timeout));
        }

        return new ResponseReader<TResponse>(_http, request, method.Responses, options.Timeout, _options, cancellationToken);
    }
}
