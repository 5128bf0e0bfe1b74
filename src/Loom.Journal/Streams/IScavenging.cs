namespace Loom.Journal;

/// <summary>
/// A journal that can give disk space back: events of ordinary streams that nobody can see any more go (of streams deleted for ever or softly,
/// truncated by their metadata, superseded metadata, superseded places of subscriptions). Never anything of an actor stream or of
/// <c>loom.*</c> but <c>loom.cursors-NAME</c>, and never a stream's newest event. Positions and revisions stay as they are.
/// </summary>
public interface IScavenging
{
    /// <summary>Scavenges once. Cancelled, it ends after the segment at hand and says so in its report.</summary>
    /// <exception cref="JournalException">Another one is running, or the journal cannot take writes now.</exception>
    Task<ScavengeReport> ScavengeAsync(ScavengeRequest request, IProgress<JournalProgress>? progress, CancellationToken cancellationToken);
}

/// <summary>How to scavenge.</summary>
public sealed record ScavengeRequest
{
    /// <summary>Only say what would go.</summary>
    public bool DryRun { get; init; }

    /// <summary>Leave out the first so many segments.</summary>
    public int FromSegment { get; init; }
}

/// <summary>What a scavenge did, or would do.</summary>
/// <param name="Segments">Complete segments that were looked at.</param>
/// <param name="Rewritten">Segments from which something went.</param>
/// <param name="Events">Events that went.</param>
/// <param name="Bytes">Bytes of their records.</param>
/// <param name="BytesFreed">Bytes that the disk has back: whole blocks of 4 KiB.</param>
public sealed record ScavengeReport(int Segments, int Rewritten, long Events, long Bytes, long BytesFreed)
{
    /// <summary>Whether it was cancelled before the last segment.</summary>
    public bool WasStopped { get; init; }
}
