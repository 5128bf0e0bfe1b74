using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Gossip;
using Microsoft.Extensions.Logging;
using State = Loom.EventStoreDb.Protocol.Gossip.MemberInfo.Types.VNodeState;

namespace Loom.EventStoreDb.Client;

/// <summary>The one server that is talked to now: found when it is first needed, and anew after it failed or sent us to another. Thread-safe.</summary>
internal sealed class Cluster(EventStoreDbSettings settings, TimeProvider time, ILogger log, Random random, bool isHost) : IAsyncDisposable
{
    private readonly NodeChannels _channels = new(settings, time, isHost);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _closing = new();
    private Node? _node;
    private NodeAddress? _redirect;
    private bool _isClosed;

    /// <exception cref="GrpcException">No server answers.</exception>
    public async ValueTask<Node> NodeAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _node) is { } known)
        {
            return known;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isClosed)
            {
                throw new GrpcException(StatusCode.Unavailable, "The journal was closed.");
            }

            if (_node is { } found)
            {
                return found;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            var node = await FindAsync(either.Token).ConfigureAwait(false);
            Volatile.Write(ref _node, node);
            return node;
        }
        catch (OperationCanceledException e) when (_closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new GrpcException(StatusCode.Unavailable, "The journal was closed.", inner: e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>This server failed a call, or named another: the next call finds one anew.</summary>
    public async ValueTask FailedAsync(Node node, GrpcException failure)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_node != node)
            {
                return; // somebody else saw it too
            }

            Volatile.Write(ref _node, null);
            _redirect = Redirect(failure);
        }
        finally
        {
            _gate.Release();
        }

        log.LogWarning("The connection to {Address} is given up ({Status}: {Detail}).", node.Address, failure.Code, failure.Detail);
        await node.GiveUpAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false); // whoever looks for a server stops
        await _gate.WaitAsync().ConfigureAwait(false);
        _isClosed = true;
        var node = _node;
        Volatile.Write(ref _node, null);
        _gate.Release();
        if (node is not null)
        {
            await node.GiveUpAsync().ConfigureAwait(false);
        }

        _channels.Dispose();
    }

    private static NodeAddress? Redirect(GrpcException failure) =>
        failure.Trailers.GetValueOrDefault(Errors.Key) == Errors.NotLeader
        && failure.Trailers.TryGetValue(Errors.LeaderHost, out var host)
        && failure.Trailers.TryGetValue(Errors.LeaderPort, out var text)
        && int.TryParse(text, out var port) && port is > 0 and <= 65535 && Uri.CheckHostName(host) != UriHostNameType.Unknown
            ? new NodeAddress(host, port)
            : null;

    private async Task<Node> FindAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var redirect = Interlocked.Exchange(ref _redirect, null);
                return await ConnectAsync(redirect ?? await ChooseAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            }
            catch (GrpcException e) when (attempt < settings.MaxDiscoverAttempts && Retries.MayHelp(e))
            {
                await Task.Delay(settings.DiscoveryInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<NodeAddress> ChooseAsync(CancellationToken cancellationToken)
    {
        if (!settings.Discover)
        {
            return settings.Hosts[0];
        }

        GrpcException? failure = null;
        foreach (var seed in settings.Hosts.OrderBy(_ => random.Next()))
        {
            try
            {
                using var channel = _channels.Open(seed);
                var info = await channel.UnaryAsync(Methods.Gossip, Wire.Empty, new GrpcCallOptions(settings.GossipTimeout), cancellationToken).ConfigureAwait(false);
                if (Members.Choose(info, settings.NodePreference, random) is { } address)
                {
                    return address;
                }

                failure = new GrpcException(StatusCode.Unavailable, $"The cluster that {seed} knows has no member to connect to.");
            }
            catch (GrpcException e)
            {
                failure = e;
            }
        }

        throw failure!;
    }

    private async Task<Node> ConnectAsync(NodeAddress address, CancellationToken cancellationToken)
    {
        var channel = _channels.Open(address);
        try
        {
            var supported = await channel
                .UnaryAsync(Methods.SupportedMethods, Wire.Empty, new GrpcCallOptions(settings.GossipTimeout), cancellationToken).ConfigureAwait(false);
            var hasBatchAppend = supported.Methods.Any(m =>
                string.Equals(m.ServiceName, Methods.BatchAppend.Service, StringComparison.OrdinalIgnoreCase)
                && string.Equals(m.MethodName, Methods.BatchAppend.Name, StringComparison.OrdinalIgnoreCase));
            return new Node(address, channel, hasBatchAppend, settings.DefaultDeadline, time);
        }
        catch (GrpcException e) when (e.Code == StatusCode.Unimplemented)
        {
            return new Node(address, channel, hasBatchAppend: false, settings.DefaultDeadline, time);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }
}

/// <summary>Chooses one of a cluster's members.</summary>
internal static class Members
{
    private static readonly State[] Usable = [State.Leader, State.Follower, State.ReadOnlyReplica, State.PreReadOnlyReplica, State.ReadOnlyLeaderless];

    /// <summary>The preferred one, else another that can be read; null when there is none.</summary>
    public static NodeAddress? Choose(ClusterInfo cluster, NodePreference preference, Random random)
    {
        State[] preferred = preference switch
        {
            NodePreference.Leader => [State.Leader],
            NodePreference.Follower => [State.Follower],
            NodePreference.ReadOnlyReplica => [State.ReadOnlyReplica, State.PreReadOnlyReplica, State.ReadOnlyLeaderless],
            _ => Usable,
        };
        return cluster.Members
            .Where(m => m.IsAlive && Usable.Contains(m.State) && m.HttpEndPoint is { Port: > 0 and <= 65535 } && Uri.CheckHostName(m.HttpEndPoint.Address) != UriHostNameType.Unknown)
            .OrderBy(m => preferred.Contains(m.State) ? 0 : 1)
            .ThenBy(_ => random.Next())
            .Select(m => new NodeAddress(m.HttpEndPoint.Address, (int)m.HttpEndPoint.Port))
            .FirstOrDefault();
    }
}
