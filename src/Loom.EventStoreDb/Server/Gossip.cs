using Loom.EventStoreDb.Protocol.Gossip;
using Microsoft.AspNetCore.Http;

namespace Loom.EventStoreDb.Server;

/// <summary>The only member of this cluster: its leader.</summary>
internal static class Gossip
{
    public static ClusterInfo Of(HttpContext http, EventStoreDbServerOptions options)
    {
        var (host, port) = Address(http, options);
        return new ClusterInfo
        {
            Members =
            {
                new MemberInfo
                {
                    InstanceId = Wire.Structured(options.InstanceId),
                    TimeStamp = (options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks,
                    State = MemberInfo.Types.VNodeState.Leader,
                    IsAlive = true,
                    HttpEndPoint = new EndPoint { Address = host, Port = (uint)port },
                },
            },
        };
    }

    /// <summary>Where clients reach this server: as configured, else as this one did.</summary>
    public static (string Host, int Port) Address(HttpContext http, EventStoreDbServerOptions options) =>
        options.Advertised ?? (http.Request.Host.Host, http.Request.Host.Port ?? (http.Request.IsHttps ? 443 : 80));
}
