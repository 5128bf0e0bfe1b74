namespace Loom.Web.Data;

/// <summary>The transparency log.</summary>
public interface ILogInfo
{
    /// <summary>How far it is, under which keys, and what is wrong.</summary>
    Task<LogFacts> FactsAsync(CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="count"/> checkpoints of tree size below <paramref name="below"/> (null: all), newest first.</summary>
    Task<IReadOnlyList<CheckpointView>> CheckpointsAsync(long? below, int count, CancellationToken cancellationToken);
}

/// <summary>The log now.</summary>
/// <param name="Origin">The log's name in its checkpoints.</param>
/// <param name="Epoch">The log's epoch, from 1.</param>
/// <param name="Leaves">Leaves in the tree.</param>
/// <param name="Pending">Links known but not yet under a checkpoint.</param>
/// <param name="Building">Whether this host builds the log now.</param>
/// <param name="Latest">The last checkpoint; null before the first.</param>
/// <param name="Keys">The keys with their range of tree sizes.</param>
/// <param name="Findings">What the builder refused or noticed; empty when all is well.</param>
/// <param name="Published">Where checkpoints go outside the journal; empty when nowhere.</param>
public sealed record LogFacts(
    string Origin,
    long Epoch,
    long Leaves,
    long Pending,
    bool Building,
    CheckpointView? Latest,
    IReadOnlyList<LogKeyView> Keys,
    IReadOnlyList<LogFinding> Findings,
    IReadOnlyList<string> Published);

/// <summary>A signed tree head.</summary>
/// <param name="Size">Tree size.</param>
/// <param name="Root">Root hash, hex.</param>
/// <param name="At">When it was signed.</param>
/// <param name="Note">The signed note, as text.</param>
public sealed record CheckpointView(long Size, string Root, DateTimeOffset At, string Note);

/// <summary>A log key.</summary>
/// <param name="Name">Its name in notes.</param>
/// <param name="Fingerprint">SHA-256 of its public key, for comparing by telephone.</param>
/// <param name="From">First tree size it may sign.</param>
/// <param name="To">Last one; null while in use.</param>
/// <param name="Revoked">Whether it was revoked.</param>
public sealed record LogKeyView(string Name, string Fingerprint, long From, long? To, bool Revoked);

/// <summary>Something wrong with a stream's links.</summary>
/// <param name="Stream">Where.</param>
/// <param name="Revision">From which revision; null for the whole stream.</param>
/// <param name="Message">What, and what to do.</param>
/// <param name="At">When it was noticed.</param>
public sealed record LogFinding(string Stream, long? Revision, string Message, DateTimeOffset At);
