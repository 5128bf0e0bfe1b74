using System.Net;
using System.Net.Sockets;

namespace Loom.EventStoreDb.Tests.Client;

/// <summary>Carries connections to a server and cuts each after a number of bytes, in either direction, that it is told when the connection begins.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly Func<(long ToServer, long ToClient)> _budget;
    private readonly Task _accepting;
    private readonly List<Task> _connections = [];
    private int _cuts;

    public CuttingProxy(int serverPort, Func<(long ToServer, long ToClient)> budget)
    {
        (_serverPort, _budget) = (serverPort, budget);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections cut so far.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

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
                _connections.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            var (toServer, toClient) = _budget();
            using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var ways = new[] { CopyAsync(near.GetStream(), far.GetStream(), toServer, over.Token), CopyAsync(far.GetStream(), near.GetStream(), toClient, over.Token) };
            await await Task.WhenAny(ways);
            Interlocked.Increment(ref _cuts);

            // A reset, not an orderly end: what was under way is lost.
            near.Client.LingerState = far.Client.LingerState = new LingerOption(enable: true, seconds: 0);
            await over.CancelAsync();
            await Task.WhenAll(ways).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // Either side went away.
        }
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, long budget, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (budget > 0)
        {
            var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(budget, buffer.Length)), cancellationToken);
            if (read == 0)
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            budget -= read;
        }
    }
}
