using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loom.EventStoreDb.Grpc;

/// <summary>
/// Serves methods on endpoint routing. A handler answers with messages or throws a <see cref="GrpcException"/>; everything else about a call
/// (framing, limits, deadline, cancellation, status, trailers) is done here.
/// </summary>
/// <param name="endpoints">Where methods are mapped.</param>
/// <param name="time">The clock of deadlines.</param>
/// <param name="log">Where failures of handlers go.</param>
/// <param name="translate">Says how a call ends on an exception of the handler's own world; null is UNKNOWN.</param>
internal sealed class GrpcServer(IEndpointRouteBuilder endpoints, TimeProvider time, ILogger log, Func<Exception, GrpcException?> translate)
{
    private const int MaxMessage = 1_000; // clients refuse header blocks of some kilobytes

    // A timer cannot wait longer; a deadline beyond it is none.
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(40);

    private readonly List<(string Service, string Method)> _methods = [];

    // Taken once: while the server shuts down, calls still come that find its services gone.
    private readonly CancellationToken _stopping =
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;

    /// <summary>Services and methods mapped so far.</summary>
    public IReadOnlyList<(string Service, string Method)> Methods => _methods;

    /// <summary>One request, one response.</summary>
    public void Unary<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<TRequest, ServerCall, Task<TResponse>> handler)
        where TRequest : class
        where TResponse : class =>
        Map(method, streamsRequests: false, async (call, requests, responses) =>
            await responses.WriteAsync(await handler(await requests.ReadOnlyAsync().ConfigureAwait(false), call).ConfigureAwait(false)).ConfigureAwait(false));

    /// <summary>One request, a stream of responses.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Answers.</param>
    /// <param name="admit">Refuses callers before anything that they sent is kept.</param>
    public void ServerStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<TRequest, ServerCall, IAsyncEnumerable<TResponse>> handler, Func<ServerCall, ValueTask>? admit = null)
        where TRequest : class
        where TResponse : class =>
        Map(method, streamsRequests: false, async (call, requests, responses) =>
        {
            if (admit is not null)
            {
                await admit(call).ConfigureAwait(false);
            }

            await responses.WriteAllAsync(handler(await requests.ReadOnlyAsync().ConfigureAwait(false), call)).ConfigureAwait(false);
        });

    /// <summary>A stream of requests, one response.</summary>
    public void ClientStreaming<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<RequestReader<TRequest>, ServerCall, Task<TResponse>> handler)
        where TRequest : class
        where TResponse : class =>
        Map(method, streamsRequests: true, async (call, requests, responses) =>
            await responses.WriteAsync(await handler(requests, call).ConfigureAwait(false)).ConfigureAwait(false));

    /// <summary>Requests and responses, each in its own time.</summary>
    public void Duplex<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<RequestReader<TRequest>, ResponseWriter<TResponse>, ServerCall, Task> handler)
        where TRequest : class
        where TResponse : class =>
        Map(method, streamsRequests: true, (call, requests, responses) => handler(requests, responses, call));

    /// <summary>Answers every other method of the services mapped so far.</summary>
    public void MapUnknownMethods()
    {
        foreach (var service in _methods.Select(m => m.Service).Distinct())
        {
            endpoints.MapPost($"/{service}/{{method}}", http =>
            {
                if (Accepts(http))
                {
                    End(http, new GrpcException(StatusCode.Unimplemented, "Method is unimplemented."));
                }

                return Task.CompletedTask;
            });
        }
    }

    private void Map<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, bool streamsRequests, Func<ServerCall, RequestReader<TRequest>, ResponseWriter<TResponse>, Task> handler)
        where TRequest : class
        where TResponse : class
    {
        _methods.Add((method.Service, method.Name));
        endpoints.MapPost(method.Path, http => ServeAsync(http, method, streamsRequests, handler));
    }

    private async Task ServeAsync<TRequest, TResponse>(
        HttpContext http,
        GrpcMethod<TRequest, TResponse> method,
        bool streamsRequests,
        Func<ServerCall, RequestReader<TRequest>, ResponseWriter<TResponse>, Task> handler)
        where TRequest : class
        where TResponse : class
    {
        if (!Accepts(http))
        {
            return;
        }

        LiftLimits(http, streamsRequests);
        var patience = Patience(http);
        using var expiry = patience is { } wait ? new CancellationTokenSource(wait, time) : new CancellationTokenSource();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping, expiry.Token);
        using var responses = new ResponseWriter<TResponse>(http.Response, method.Responses, ended.Token);
        GrpcException? end = null;
        try
        {
            var call = new ServerCall(http, time.GetUtcNow() + patience, ended);
            var frames = new FrameReader<TRequest>(http.Request.BodyReader, method.Requests, method.MaxRequestBytes, IsEncoded(http));
            await handler(call, new RequestReader<TRequest>(frames, method.RequestIdleLimit, time, ended.Token), responses).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            end = HowItEnded(e, http, method.Path, expiry.IsCancellationRequested);
        }

        if (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort(); // never an orderly end without a status
            return;
        }

        responses.HandOver();
        if (responses.HasWritten && !http.Response.HasStarted)
        {
            await http.Response.StartAsync().ConfigureAwait(false); // from here on the status is a trailer
        }

        End(http, end);
        await http.Response.CompleteAsync().ConfigureAwait(false);
    }

    // Only POST is routed here. What is not gRPC at all is answered in HTTP's own words, with the status beside it.
    private static bool Accepts(HttpContext http)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            return Refuse(http, StatusCodes.Status426UpgradeRequired, "gRPC needs HTTP/2.");
        }

        if (!GrpcText.IsGrpc(http.Request.ContentType))
        {
            return Refuse(http, StatusCodes.Status415UnsupportedMediaType, $"Content type '{Shown(http.Request.ContentType)}' is not {GrpcText.ContentType}.");
        }

        http.Response.ContentType = GrpcText.ContentType;
        http.Response.Headers[GrpcText.AcceptEncoding] = GrpcText.Identity;
        return true;
    }

    private static bool Refuse(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        End(http, new GrpcException(StatusCode.Internal, message));
        return false;
    }

    private static string Shown(string? text, int longest = 100) => text is null ? "" : text.Length <= longest ? text : text[..longest] + "…";

    private static bool IsEncoded(HttpContext http) =>
        http.Request.Headers.TryGetValue(GrpcText.Encoding, out var encoding) && encoding.ToString() is not ("" or GrpcText.Identity);

    private static TimeSpan? Patience(HttpContext http) =>
        http.Request.Headers.TryGetValue(GrpcText.Timeout, out var text)
        && GrpcText.TryParseTimeout(text.ToString(), out var timeout)
        && timeout <= LongestDeadline
            ? timeout
            : null;

    // A stream of requests may be as long, and as slow, as its caller likes; a stream of responses is slow when nothing happens.
    private static void LiftLimits(HttpContext http, bool streamsRequests)
    {
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }

        if (!streamsRequests)
        {
            return;
        }

        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    private GrpcException HowItEnded(Exception e, HttpContext http, string path, bool isExpired)
    {
        switch (e)
        {
            case GrpcException status:
                return status;
            case ConnectionAbortedException or ConnectionResetException:
            case OperationCanceledException or IOException when http.RequestAborted.IsCancellationRequested:
                return new GrpcException(StatusCode.Cancelled, "The caller went away.");
            case OperationCanceledException or ObjectDisposedException when _stopping.IsCancellationRequested:
                return new GrpcException(StatusCode.Unavailable, "The server is shutting down.");
            case OperationCanceledException when isExpired:
                return new GrpcException(StatusCode.DeadlineExceeded, "Deadline Exceeded");
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new GrpcException(StatusCode.ResourceExhausted, "The request is larger than the server reads.");
            case BadHttpRequestException:
                return new GrpcException(StatusCode.DeadlineExceeded, "The request came too slowly.");
        }

        if (translate(e) is { } translated)
        {
            if (translated.Code != StatusCode.InvalidArgument)
            {
                log.LogWarning(e, "A call of {Path} ends with {Status}.", path, translated.Code);
            }

            return translated;
        }

        log.LogError(e, "The handler of {Path} failed.", path);
        return new GrpcException(StatusCode.Unknown, "Exception was thrown by handler.");
    }

    private static void End(HttpContext http, GrpcException? end)
    {
        var response = http.Response;
        Set(response, GrpcText.Status, ((int)(end?.Code ?? StatusCode.Ok)).ToString(CultureInfo.InvariantCulture));
        if (end is null)
        {
            return;
        }

        Set(response, GrpcText.Message, GrpcText.Encode(Shown(end.Detail, MaxMessage)));
        foreach (var (key, value) in end.Trailers)
        {
            Set(response, key, GrpcText.Encode(value));
        }
    }

    // Before the first message the status goes into the only header block there is.
    private static void Set(HttpResponse response, string key, string value)
    {
        if (response.HasStarted)
        {
            response.AppendTrailer(key, value);
        }
        else
        {
            response.Headers[key] = value;
        }
    }
}
