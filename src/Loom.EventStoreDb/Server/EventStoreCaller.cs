namespace Loom.EventStoreDb;

/// <summary>Who calls the served journal.</summary>
/// <param name="Name">For logs.</param>
/// <param name="IsAuthenticated">Whether credentials were given and are right; nobody else reads or writes.</param>
/// <param name="IsHost">Whether actor streams and <c>loom.*</c> may be appended to.</param>
public sealed record EventStoreCaller(string Name, bool IsAuthenticated, bool IsHost)
{
    /// <summary>The header by which a host says that it is one; no credential.</summary>
    public const string HostHeader = "loom-host";

    /// <summary>Whether streams may be read and followed.</summary>
    public bool CanRead { get; init; } = IsAuthenticated;

    /// <summary>Whether anything may be appended at all.</summary>
    public bool CanAppend { get; init; } = IsAuthenticated;

    /// <summary>Whether groups of persistent subscriptions may be made, changed and deleted, and their parked events replayed or given up.</summary>
    public bool CanAdminister { get; init; } = IsAuthenticated;

    /// <summary>Whether the server itself may be looked after: scavenging.</summary>
    public bool CanOperate { get; init; }

    /// <summary>A caller without credentials.</summary>
    public static EventStoreCaller Anonymous { get; } = new("anonymous", IsAuthenticated: false, IsHost: false);

    /// <summary>Another host of Loom's.</summary>
    public static EventStoreCaller Host(string name) => new(name, IsAuthenticated: true, IsHost: true);

    /// <summary>A client that reads everything and appends to ordinary streams.</summary>
    public static EventStoreCaller User(string name) => new(name, IsAuthenticated: true, IsHost: false);
}
