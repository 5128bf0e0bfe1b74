using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Features;
using Loom.EventStoreDb.Protocol.Gossip;
using Loom.EventStoreDb.Server;
using Loom.EventStoreDb.Server.Persistent;
using Loom.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.EventStoreDb;

/// <summary>Serves a journal to the clients of EventStoreDB (KurrentDB).</summary>
public static class EventStoreDbServer
{
    /// <summary>The version whose behaviour is served; clients choose by it.</summary>
    public const string ProtocolVersion = "23.10.0";

    private const int StreamsPerConnection = 10_000;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>What the protocol needs of Kestrel: keep-alive pings, many calls on one connection, readers as slow as they like.</summary>
    public static void UseEventStoreDbLimits(this KestrelServerOptions kestrel)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlive;
        kestrel.Limits.Http2.KeepAlivePingTimeout = KeepAlive;
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        kestrel.Limits.MinResponseDataRate = null;
    }

    /// <summary>Maps Streams (Read, Append, BatchAppend; Delete and Tombstone where the journal can), PersistentSubscriptions, StartScavenge and StopScavenge where it can, ServerFeatures, Gossip, and the HTTP endpoints that tools ask.</summary>
    /// <param name="endpoints">Where; a group with a condition on the port keeps it apart from other endpoints.</param>
    /// <param name="journal">What is served.</param>
    /// <param name="options">Who may call, and limits.</param>
    public static void MapEventStoreDb(this IEndpointRouteBuilder endpoints, IJournal journal, EventStoreDbServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(options);
        var log = endpoints.ServiceProvider.GetService<ILoggerFactory>()?.CreateLogger("Loom.EventStoreDb") ?? NullLogger.Instance;
        var server = new GrpcServer(endpoints, options.Time, log, Errors.Of);
        var access = new StreamAccess(journal, options);

        server.ServerStreaming(Methods.ReadEvents, new ReadService(journal, options.Time).Read, access.RequireReaderAsync);
        server.ClientStreaming(Methods.Append, new AppendService(journal, access).AppendAsync);
        server.Duplex(Methods.BatchAppendEvents, async (requests, responses, call) =>
        {
            var caller = await access.CallerAsync(call).ConfigureAwait(false);
            await new BatchAppendCall(journal, access, options, caller, call, log).RunAsync(requests, responses).ConfigureAwait(false);
        });
        if (journal is IStreamAdministration streams)
        {
            var deletes = new DeleteService(streams, access);
            server.Unary(Methods.Delete, (request, call) => deletes.DeleteAsync(request, forEver: false, call));
            server.Unary(Methods.Tombstone, (request, call) => deletes.DeleteAsync(request, forEver: true, call));
        }

        var groups = new PersistentService(journal, access, new PersistentGroups(
            journal, options.Time, log, endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None));
        server.Unary(Methods.CreateGroup, groups.CreateAsync);
        server.Unary(Methods.UpdateGroup, groups.UpdateAsync);
        server.Unary(Methods.DeleteGroup, groups.DeleteAsync);
        server.Duplex(Methods.ConsumeEvents, groups.ReadAsync);
        server.Unary(Methods.GroupInfo, groups.InfoAsync);
        server.Unary(Methods.ListGroups, groups.ListAsync);
        server.Unary(Methods.ReplayParked, groups.ReplayAsync);
        server.Unary(Methods.TruncateParked, groups.TruncateAsync);
        server.Unary(Methods.RestartGroups, groups.RestartAsync);

        if (journal is IScavenging scavenging)
        {
            var scavenges = new ScavengeService(scavenging, access, log);
            server.Unary(Methods.StartScavenge, scavenges.StartAsync);
            server.Unary(Methods.StopScavenge, scavenges.StopAsync);
        }

        server.Unary(Methods.Gossip, (_, call) => Task.FromResult(Gossip.Of(call.Http, options)));

        SupportedMethods? supported = null;
        server.Unary(Methods.SupportedMethods, (_, _) => Task.FromResult(supported!));
        supported = Supported(server.Methods);
        server.MapUnknownMethods();
        HttpEndpoints.Map(endpoints, journal, options);
    }

    // Names in lower case: some clients compare them literally.
    private static SupportedMethods Supported(IReadOnlyList<(string Service, string Method)> methods)
    {
        var supported = new SupportedMethods { EventStoreServerVersion = ProtocolVersion };
        foreach (var (service, method) in methods)
        {
            var entry = new SupportedMethod { ServiceName = service.ToLowerInvariant(), MethodName = method.ToLowerInvariant() };
            entry.Features.Add((service, method) switch
            {
                _ when service == Methods.Read.Service && method == Methods.Read.Name => ["position", "events"],
                _ when service == Methods.BatchAppend.Service && method == Methods.BatchAppend.Name => ["deadline_duration"],
                _ when service == Methods.PersistentService => ["stream", "all"],
                _ => [],
            });
            supported.Methods.Add(entry);
        }

        return supported;
    }
}
