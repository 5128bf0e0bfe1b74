using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Loom.Host.Tests;

/// <summary>Somebody outside who keeps checkpoints: a web server that takes an HTTP PUT, remembers the last one, and answers with one status.</summary>
internal sealed class Keeper : IAsyncDisposable
{
    private readonly WebApplication _web;
    private volatile byte[] _last = [];

    private Keeper(WebApplication web) => _web = web;

    public string Address => _web.Urls.First() + "/checkpoint";

    /// <summary>What was put last; empty before.</summary>
    public byte[] Last => _last;

    public static async Task<Keeper> StartAsync(int status)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var keeper = new Keeper(builder.Build());
        keeper._web.MapPut("/checkpoint", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            keeper._last = body.ToArray();
            return Results.StatusCode(status);
        });
        await keeper._web.StartAsync();
        return keeper;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
