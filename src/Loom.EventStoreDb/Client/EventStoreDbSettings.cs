using System.Globalization;

namespace Loom.EventStoreDb;

/// <summary>Which member of a cluster is preferred.</summary>
public enum NodePreference
{
    /// <summary>The one that takes writes.</summary>
    Leader,

    /// <summary>One that follows.</summary>
    Follower,

    /// <summary>Any.</summary>
    Random,

    /// <summary>One that only reads.</summary>
    ReadOnlyReplica,
}

/// <summary>A server's address.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">Port.</param>
public sealed record NodeAddress(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}

/// <summary>How to reach a server or cluster; what a connection string says.</summary>
/// <example><code>var settings = EventStoreDbSettings.Parse("esdb://admin:secret@localhost:2113?tls=false");</code></example>
public sealed partial record EventStoreDbSettings
{
    /// <summary>The server, or the members that are asked for the others.</summary>
    public required IReadOnlyList<NodeAddress> Hosts { get; init; }

    /// <summary>Whether the hosts are asked for a cluster's members before connecting to one.</summary>
    public bool Discover { get; init; }

    /// <summary>TLS, or clear text.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>Whether the server's certificate is checked.</summary>
    public bool TlsVerifyCert { get; init; } = true;

    /// <summary>A PEM file with the only root that is trusted.</summary>
    public string? TlsCaFile { get; init; }

    /// <summary>A PEM file with the client's certificate.</summary>
    public string? UserCertFile { get; init; }

    /// <summary>A PEM file with the client's key.</summary>
    public string? UserKeyFile { get; init; }

    /// <summary>The user, when there are credentials.</summary>
    public string? User { get; init; }

    /// <summary>The user's password; never shown.</summary>
    public string? Password { get; init; }

    /// <summary>What the server's lists call this connection.</summary>
    public string? ConnectionName { get; init; }

    /// <summary>How long an append or a question may take.</summary>
    public TimeSpan DefaultDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a silent connection is pinged; null never.</summary>
    public TimeSpan? KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a ping may go unanswered.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Which member of a cluster is chosen.</summary>
    public NodePreference NodePreference { get; init; } = NodePreference.Leader;

    /// <summary>How often a member is looked for before that fails.</summary>
    public int MaxDiscoverAttempts { get; init; } = 10;

    /// <summary>The pause between two looks.</summary>
    public TimeSpan DiscoveryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a member may take to say who the others are.</summary>
    public TimeSpan GossipTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The hosts; no credentials.</summary>
    public override string ToString() => $"esdb{(Discover ? "+discover" : "")}://{string.Join(',', Hosts)}?tls={(Tls ? "true" : "false")}";
}
