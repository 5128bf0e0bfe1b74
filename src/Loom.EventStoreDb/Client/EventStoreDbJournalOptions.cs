using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.EventStoreDb;

/// <summary>How a journal on a server is used.</summary>
public sealed record EventStoreDbJournalOptions
{
    /// <summary>Where the server is.</summary>
    public required EventStoreDbSettings Settings { get; init; }

    /// <summary>
    /// For how long a call that failed, or whose outcome is unknown, is made again before that is the caller's to see. An append made again
    /// carries the same event ids, so it is written once.
    /// </summary>
    public TimeSpan RetryDuring { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the caller says that it is a host of Loom's. Another host that asks nobody for a login lets only those append to actor streams;
    /// where there are credentials their role decides.
    /// </summary>
    public bool IsHost { get; init; }

    /// <summary>
    /// Whether a stream's type is registered with the host: then nothing of it is deleted or truncated through this journal, also before its first
    /// event. A stream whose first event carries a link is an actor stream without that.
    /// </summary>
    public Func<Core.StreamName, bool> IsActorStream { get; init; } = _ => false;

    /// <summary>The clock of deadlines and pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where lost connections are told.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Chooses among equal members of a cluster.</summary>
    public Random Random { get; init; } = Random.Shared;
}
