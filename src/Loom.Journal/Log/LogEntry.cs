using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>A leaf of the log.</summary>
/// <param name="Index">Its place in the tree, from 0.</param>
/// <param name="Stream">The stream of its transition.</param>
/// <param name="Revision">Revision of the transition's first event.</param>
/// <param name="Count">Number of its events.</param>
/// <param name="Link">The link: the leaf's 32 bytes.</param>
public sealed record LogEntry(long Index, StreamName Stream, long Revision, int Count, Digest Link)
{
    /// <summary>Revision of the transition's last event.</summary>
    public long LastRevision => Revision + Count - 1;
}

/// <summary>A checkpoint as <c>loom.checkpoints</c> holds it.</summary>
/// <param name="Revision">Its place in that stream.</param>
/// <param name="Checkpoint">What it says.</param>
/// <param name="Note">The signed note.</param>
/// <param name="Created">When it was stored, by the journal's clock.</param>
public sealed record CheckpointInfo(long Revision, Checkpoint Checkpoint, SignedNote Note, DateTimeOffset Created);

/// <summary>What a flush answers: a checkpoint that covers everything that was durable when it was asked for.</summary>
/// <param name="Size">Number of leaves.</param>
/// <param name="Root">Root over them.</param>
/// <param name="Note">The signed checkpoint.</param>
public sealed record Checkpointed(long Size, Digest Root, SignedNote Note);

/// <summary>What the log is doing.</summary>
public enum LogState
{
    /// <summary>It adds leaves and signs checkpoints.</summary>
    Building,

    /// <summary>It has no key, and reads what another host builds.</summary>
    Following,

    /// <summary>The journal does not contain a checkpoint that was signed earlier. Serve it for reading only until the rollback is accepted.</summary>
    RollbackDetected,
}

/// <summary>Something that turns health red.</summary>
/// <param name="Subject">What it is about: a stream's name, or a part of the log.</param>
/// <param name="Problem">The reason and the remedy.</param>
public sealed record LogFinding(string Subject, string Problem);

/// <summary>How the log is.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="Findings">What is wrong; empty is healthy.</param>
/// <param name="Lag">How many positions of the journal are not looked at yet, as of the last look.</param>
public sealed record LogHealth(LogState State, IReadOnlyList<LogFinding> Findings, ulong Lag);
