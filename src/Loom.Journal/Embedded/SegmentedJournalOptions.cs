using Loom.Journal.Embedded;
using Microsoft.Extensions.Logging;

namespace Loom.Journal;

/// <summary>How an embedded journal is opened.</summary>
public sealed record SegmentedJournalOptions
{
    /// <summary>Largest accepted segment size.</summary>
    public const long MaxSegmentBytes = 1L << 30;

    /// <summary>The folder that holds the journal and nothing else; created where it is absent.</summary>
    public required string Directory { get; init; }

    /// <summary>Open what is there for reading: no lock is taken, nothing is written, appends are refused.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Size at which a new segment file is begun.</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>Most appends that wait at once; further ones wait their turn before they are taken.</summary>
    public int MaxQueued { get; init; } = 8192;

    /// <summary>About how many bytes of the newest events are kept in memory for those who follow the journal closely.</summary>
    public long RecentBytes { get; init; } = 16L << 20;

    /// <summary>The clock behind <see cref="Core.RecordedEvent.Created"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether a stream's type is registered with the host: then nothing of it may be deleted or truncated, also before its first event.
    /// A stream whose first event carries a link is an actor stream without that.
    /// </summary>
    public Func<Core.StreamName, bool> IsActorStream { get; init; } = _ => false;

    /// <summary>The disk.</summary>
    public IDisk Disk { get; init; } = LocalDisk.Instance;

    /// <summary>Where recovery says what it cut off, and failures of the disk are told.</summary>
    public ILogger? Log { get; init; }

    /// <summary>No writer thread: groups are written when a test says so.</summary>
    internal bool ManualWriter { get; init; }
}
