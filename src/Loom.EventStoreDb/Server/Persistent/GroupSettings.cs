namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>What the administrator of a group chose; the names are those of the protocol.</summary>
internal sealed record GroupSettings
{
    public const string DispatchToSingle = "DispatchToSingle";
    public const string RoundRobin = "RoundRobin";
    public const string Pinned = "Pinned";
    public const string PinnedByCorrelation = "PinnedByCorrelation";

    /// <summary>Most events that any buffer of a group, or one consumer, holds.</summary>
    public const int MaxBuffer = 10_000;

    public static readonly string[] Strategies = [DispatchToSingle, RoundRobin, Pinned, PinnedByCorrelation];

    public bool ResolveLinks { get; init; }

    /// <summary>Kept and shown; latencies are not measured.</summary>
    public bool ExtraStatistics { get; init; }

    /// <summary>How long a consumer has for an event; 0 for ever.</summary>
    public int MessageTimeoutMs { get; init; }

    /// <summary>How often an event comes again before it is parked.</summary>
    public int MaxRetryCount { get; init; }

    public int CheckpointAfterMs { get; init; }

    /// <summary>Fewer events done are not worth a checkpoint, however long ago the last one is.</summary>
    public int MinCheckpointCount { get; init; }

    /// <summary>So many are worth one at once.</summary>
    public int MaxCheckpointCount { get; init; }

    /// <summary>0 for no limit but the server's.</summary>
    public int MaxSubscriberCount { get; init; }

    public int LiveBufferSize { get; init; }

    public int ReadBatchSize { get; init; }

    public int HistoryBufferSize { get; init; }

    public string Strategy { get; init; } = RoundRobin;

    /// <summary>Why no group can have these; null when one can.</summary>
    public string? Mistake() =>
        !Strategies.Contains(Strategy) ? $"Consumer strategy '{Cut(Strategy)}' does not exist. It is one of {string.Join(", ", Strategies)}."
        : MessageTimeoutMs < 0 ? Negative("message timeout")
        : MaxRetryCount < 0 ? Negative("maximum retry count")
        : CheckpointAfterMs < 0 ? Negative("checkpoint after")
        : MinCheckpointCount < 0 ? Negative("minimum checkpoint count")
        : MaxCheckpointCount < 0 ? Negative("maximum checkpoint count")
        : MaxCheckpointCount < MinCheckpointCount ? "The maximum checkpoint count is less than the minimum."
        : MaxSubscriberCount < 0 ? Negative("maximum subscriber count")
        : LiveBufferSize < 0 ? Negative("live buffer size")
        : ReadBatchSize < 1 ? "The read batch size is 1 or more."
        : HistoryBufferSize < 1 ? "The history buffer size is 1 or more."
        : HistoryBufferSize > MaxBuffer || LiveBufferSize > MaxBuffer ? $"A buffer holds at most {MaxBuffer} events."
        : ReadBatchSize >= HistoryBufferSize ? "The read batch size must be less than the history buffer size."
        : null;

    private static string Negative(string what) => $"The {what} is 0 or more.";

    private static string Cut(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
