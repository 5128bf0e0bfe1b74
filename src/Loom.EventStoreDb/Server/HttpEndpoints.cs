using System.Globalization;
using Loom.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Loom.EventStoreDb.Server;

/// <summary>What tools and container health checks ask over plain HTTP; open to everybody but <c>/stats</c>, as it says nothing of the content.</summary>
internal static class HttpEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, IJournal journal, EventStoreDbServerOptions options)
    {
        endpoints.MapMethods("/health/live", ["GET", "HEAD"], () => Results.NoContent());
        endpoints.MapGet("/ping", () => Results.Json(new { text = "Ping request successfully handled" }));
        endpoints.MapGet("/info", () => Results.Json(new
        {
            dbVersion = EventStoreDbServer.ProtocolVersion,
            esVersion = EventStoreDbServer.ProtocolVersion + ".0",
            state = "leader",
            features = new { projections = false, userManagement = false, atomPub = false },
            authentication = new { type = options.AuthenticationType, properties = new { } },
        }));
        endpoints.MapGet("/gossip", (HttpContext http) => Results.Json(Gossip(http, options)));
        new StatsEndpoint(journal, options).Map(endpoints);
    }

    private static object Gossip(HttpContext http, EventStoreDbServerOptions options)
    {
        var (host, port) = Server.Gossip.Address(http, options);
        return new
        {
            members = new[]
            {
                new
                {
                    instanceId = options.InstanceId,
                    timeStamp = options.Time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                    state = "Leader",
                    isAlive = true,
                    internalTcpIp = host,
                    internalTcpPort = 0,
                    internalSecureTcpPort = 0,
                    externalTcpIp = host,
                    externalTcpPort = 0,
                    externalSecureTcpPort = 0,
                    internalHttpEndPointIp = host,
                    internalHttpEndPointPort = port,
                    httpEndPointIp = host,
                    httpEndPointPort = port,
                    lastCommitPosition = 0,
                    writerCheckpoint = 0,
                    chaserCheckpoint = 0,
                    epochPosition = 0,
                    epochNumber = 0,
                    epochId = Guid.Empty,
                    nodePriority = 0,
                    isReadOnlyReplica = false,
                    esVersion = EventStoreDbServer.ProtocolVersion,
                },
            },
            serverIp = host,
            serverPort = port,
        };
    }
}
