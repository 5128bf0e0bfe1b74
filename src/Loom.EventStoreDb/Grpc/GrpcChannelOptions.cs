using System.Net.Security;

namespace Loom.EventStoreDb.Grpc;

/// <summary>How a channel connects.</summary>
internal sealed record GrpcChannelOptions
{
    /// <summary>Largest response that is read.</summary>
    public int MaxResponseBytes { get; init; } = 17 << 20;

    /// <summary>How often a silent connection is pinged; null never.</summary>
    public TimeSpan? KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a ping may go unanswered.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may take to come up.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Certificates of both sides, for https addresses.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>Headers of every call.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock of deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>What one call wants beside its request.</summary>
/// <param name="Timeout">How long it may take; null for ever.</param>
/// <param name="Headers">Its own headers.</param>
internal sealed record GrpcCallOptions(TimeSpan? Timeout = null, IReadOnlyDictionary<string, string>? Headers = null)
{
    public static GrpcCallOptions None { get; } = new();
}
