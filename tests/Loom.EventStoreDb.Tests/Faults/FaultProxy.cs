using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>Carries connections to a server, each to the end that its plan has for it. The server may move to another port.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int?> _serverPort;
    private readonly Func<FaultPlan> _plan;
    private readonly Task _accepting;
    private readonly ConcurrentBag<Task> _connections = [];

    /// <param name="serverPort">Where the server is now; null while it is away.</param>
    /// <param name="plan">What happens to the next connection.</param>
    public FaultProxy(Func<int?> serverPort, Func<FaultPlan> plan)
    {
        (_serverPort, _plan) = (serverPort, plan);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often each fault happened.</summary>
    public ConcurrentDictionary<string, long> Happened { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token), _plan()));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(TcpClient client, FaultPlan plan)
    {
        using var near = client;
        using var far = new TcpClient();
        near.NoDelay = far.NoDelay = true;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task<bool>[] ways = [];
        try
        {
            if (_serverPort() is not { } port)
            {
                return;
            }

            await far.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
            if (_serverPort() != port)
            {
                return; // it went away meanwhile, and who answers there may be another's server
            }

            var place = new FaultPlace(plan);
            ways =
            [
                CopyAsync(near.Client, far.Client, plan, plan.ToServer ? place : null, over.Token),
                CopyAsync(far.Client, near.Client, plan, plan.ToServer ? null : place, over.Token),
            ];

            // An orderly end of one direction leaves the other; a fault that ends the connection ends both.
            if (await await Task.WhenAny(ways))
            {
                await Task.WhenAll(ways);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // Either side went away.
        }

        if (plan.Fault is not Fault.Truncate)
        {
            ResetOnClose(near);
            ResetOnClose(far);
        }

        await over.CancelAsync();
        await ((Task)Task.WhenAll(ways)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static void ResetOnClose(TcpClient end)
    {
        try
        {
            end.Client.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }
    }

    // False: the connection is over.
    private async Task<bool> CopyAsync(Socket from, Socket to, FaultPlan plan, FaultPlace? place, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var pieces = buffer.Length;
        while (true)
        {
            var read = await from.ReceiveAsync(buffer.AsMemory(0, pieces), cancellationToken);
            if (read == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return true;
            }

            var before = plan.Fault == Fault.None ? null : place?.Find(buffer.AsSpan(0, read));
            await SendAsync(to, buffer.AsMemory(0, before ?? read), cancellationToken);
            if (before is not { } at)
            {
                continue;
            }

            place = null;
            Happened.AddOrUpdate($"{plan.Fault}{(plan.Headers is null ? "" : " in headers")}", 1, (_, n) => n + 1);
            switch (plan.Fault)
            {
                case Fault.HalfClose:
                    to.Shutdown(SocketShutdown.Send);
                    await DrainAsync(from, cancellationToken);
                    return true;
                case Fault.Pause:
                    await Task.Delay(plan.Milliseconds, cancellationToken); // the fault itself
                    break;
                case Fault.Swallow:
                    using (var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
                    {
                        end.CancelAfter(plan.Milliseconds);
                        await DrainAsync(from, end.Token);
                    }

                    return false;
                case Fault.Dribble:
                    pieces = 7;
                    break;
                default:
                    return false;
            }

            await SendAsync(to, buffer.AsMemory(at, read - at), cancellationToken);
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes, cancellationToken)..];
        }
    }

    private static async Task DrainAsync(Socket from, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (await from.ReceiveAsync(buffer.AsMemory(), cancellationToken) > 0)
        {
        }
    }
}
