using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Loom.Blobs.Tests.Servers;

/// <summary>A small object store on a free port of loopback. What a request must carry, each protocol checks for itself, from the raw request.</summary>
internal abstract class LocalServer : IAsyncDisposable
{
    private WebApplication? _web;

    public ConcurrentDictionary<string, (byte[] Content, DateTimeOffset Modified)> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>When set, every request is answered with this status.</summary>
    public int? Answer { get; set; }

    public int Refused { get; private set; }

    public Uri Address { get; private set; } = null!;

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel((KestrelServerOptions o) => o.Limits.MaxRequestBodySize = 1 << 24);
        _web = builder.Build();
        _web.Run(HandleAsync);
        await _web.StartAsync();
        Address = new Uri(_web.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }
    }

    /// <summary>Why the request is refused, or null.</summary>
    protected abstract string? Refuse(HttpRequest request, string path, string query, byte[] body);

    /// <summary>Answers an authorised request.</summary>
    protected abstract Task AnswerAsync(HttpContext context, string path, byte[] body);

    protected static bool Same(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(a), System.Text.Encoding.UTF8.GetBytes(b));

    protected async Task ObjectAsync(HttpContext context, string key, byte[] body, int created, int deleted)
    {
        var response = context.Response;
        switch (context.Request.Method)
        {
            case "PUT":
                Objects[key] = (body, DateTimeOffset.UtcNow);
                response.StatusCode = created;
                return;
            case "DELETE":
                response.StatusCode = Objects.TryRemove(key, out _) || deleted == 204 ? deleted : 404;
                return;
            default:
                if (!Objects.TryGetValue(key, out var found))
                {
                    response.StatusCode = 404;
                    return;
                }

                response.Headers.LastModified = found.Modified.ToString("R");
                response.ContentLength = found.Content.Length;
                if (context.Request.Method == "GET")
                {
                    await response.Body.WriteAsync(found.Content);
                }

                return;
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = mark < 0 ? (target, "") : (target[..mark], target[(mark + 1)..]);
        if (Answer is { } status)
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("<Error>as told</Error>");
        }
        else if (Refuse(context.Request, path, query, buffer.ToArray()) is { } why)
        {
            Refused++;
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync($"<Error><Message>{why}</Message></Error>");
        }
        else
        {
            await AnswerAsync(context, path, buffer.ToArray());
        }
    }
}
