using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>How a transparency log is opened.</summary>
public sealed record TransparencyLogOptions
{
    /// <summary>The log's key; null follows what another host builds.</summary>
    public required ISigner? Signer { get; init; }

    /// <summary>The log's name: first line of every checkpoint, and the name on its signature lines. Never changed later.</summary>
    public required string Origin { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>At most one checkpoint in this time, and at the latest this long after a new leaf.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where the last checkpoint is kept outside the journal; null keeps none, and then no rollback is seen.</summary>
    public string? CheckpointFile { get; init; }

    /// <summary>Where checkpoints are published: a file, or an address for HTTP PUT. A failure is a finding, not an error.</summary>
    public string? PublishTo { get; init; }

    /// <summary>Witnesses whose cosignatures are believed.</summary>
    public IReadOnlyList<Witness> Witnesses { get; init; } = [];

    /// <summary>Sends to an address in <see cref="PublishTo"/>; null makes one.</summary>
    public HttpClient? Http { get; init; }
}
