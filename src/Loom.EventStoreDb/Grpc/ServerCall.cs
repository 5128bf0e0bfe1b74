using Microsoft.AspNetCore.Http;

namespace Loom.EventStoreDb.Grpc;

/// <summary>What a handler knows of its call.</summary>
internal sealed class ServerCall(HttpContext http, DateTimeOffset? deadline, CancellationTokenSource ended)
{
    public HttpContext Http => http;

    /// <summary>When the caller stops waiting, by this machine's clock.</summary>
    public DateTimeOffset? Deadline => deadline;

    /// <summary>Set when the caller went away or stopped waiting, and when the server shuts down.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>Ends what still reads requests or writes responses; a handler that starts such work waits for it before it returns.</summary>
    public Task StopAsync() => ended.CancelAsync();

    /// <summary>A header that the caller sent.</summary>
    public string? Header(string name) => http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}
