using System.Collections.Concurrent;
using Loom.Hosting.Access.Tokens;

namespace Loom.Hosting.Access;

/// <summary>A route that is answered for as long as its caller listens.</summary>
internal sealed record Lasting
{
    public static Lasting Instance { get; } = new();
}

/// <summary>
/// Connections that outlive the look at their token: the tail, and the console's socket. They end with the token: at once when it is
/// revoked here, within a second when it expires or somebody else changed the file.
/// </summary>
internal sealed class LongConnections(TokenStore tokens, TimeProvider time) : BackgroundService
{
    private readonly ConcurrentDictionary<HttpContext, string> _open = new();

    public async Task HoldAsync(HttpContext context, string tokenId, RequestDelegate next)
    {
        _open[context] = tokenId;
        try
        {
            // Looked at once more: it may have gone between the gate's look and the line above.
            if (tokens.Stands(tokenId))
            {
                await next(context);
            }
            else
            {
                context.Abort();
            }
        }
        finally
        {
            _open.TryRemove(context, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        tokens.Changed += EndWithoutToken;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                EndWithoutToken();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops, and ends them all itself.
        }
        finally
        {
            tokens.Changed -= EndWithoutToken;
        }
    }

    private void EndWithoutToken()
    {
        foreach (var (context, tokenId) in _open)
        {
            if (!Stands(tokenId))
            {
                context.Abort();
            }
        }
    }

    private bool Stands(string tokenId)
    {
        try
        {
            return tokens.Stands(tokenId);
        }
        catch (InvalidDataException)
        {
            return false; // a token file that cannot be trusted lets nobody in
        }
    }
}
