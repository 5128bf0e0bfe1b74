namespace Loom.Api;

/// <summary>What the <em>server's</em> verifier said about a bundle. An auditor who does not trust the server runs <c>loom verify</c> instead.</summary>
/// <param name="VerifiedBy">Always <c>server</c>.</param>
/// <param name="ExitCode">What <c>loom verify</c> would exit with: 0, 1, 2 or 3.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Claims">One verdict per claim.</param>
/// <param name="Streams">The histories in the bundle.</param>
public sealed record VerifyResult(string VerifiedBy, int ExitCode, string Summary, IReadOnlyList<ClaimItem> Claims, IReadOnlyList<BundleStreamItem> Streams);

/// <summary>The verdict on one claim.</summary>
/// <param name="Claim">Its words.</param>
/// <param name="Outcome"><c>holds</c>, <c>false</c> or <c>not covered</c>.</param>
/// <param name="Required">Whether the trust file requires it.</param>
/// <param name="Detail">Where it first failed, or why it is not covered.</param>
/// <param name="WhoToBelieve">Who has to be believed for it.</param>
public sealed record ClaimItem(string Claim, string Outcome, bool Required, string Detail, string WhoToBelieve);

/// <summary>A history in a bundle.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Transitions">Number of transitions.</param>
/// <param name="Head">Hash of its last link.</param>
public sealed record BundleStreamItem(string Stream, long Transitions, string Head);

/// <summary>The transparency log now.</summary>
/// <param name="Origin">The log's name in its checkpoints.</param>
/// <param name="Epoch">The log's epoch, from 1.</param>
/// <param name="Size">Leaves in the tree.</param>
/// <param name="Building">Whether this host builds the log now.</param>
/// <param name="ReadOnly">Whether the host serves read-only because the journal lacks a published checkpoint.</param>
/// <param name="Checkpoint">The last checkpoint; null before the first.</param>
/// <param name="Findings">What the builder refused or noticed.</param>
public sealed record LogStatus(
    string Origin, long Epoch, long Size, bool Building, bool ReadOnly, CheckpointItem? Checkpoint, IReadOnlyList<string> Findings);

/// <summary>A signed tree head.</summary>
/// <param name="Size">Tree size.</param>
/// <param name="Root">Root hash, hex.</param>
/// <param name="At">When it was stored.</param>
/// <param name="Note">The signed note.</param>
public sealed record CheckpointItem(long Size, string Root, DateTimeOffset At, string Note);

/// <summary>Checkpoints, newest first.</summary>
/// <param name="Checkpoints">The page.</param>
/// <param name="Next">The <c>below</c> of the next page; null at the end.</param>
public sealed record CheckpointList(IReadOnlyList<CheckpointItem> Checkpoints, long? Next);

/// <summary>Leaves in leaf order.</summary>
/// <param name="Entries">The page.</param>
/// <param name="Next">The <c>from</c> of the next page; null at the end.</param>
public sealed record LogEntryList(IReadOnlyList<LogEntry> Entries, long? Next);

/// <summary>A leaf.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Stream">The link's stream.</param>
/// <param name="Revision">The link's revision.</param>
/// <param name="Link">The link's hash.</param>
public sealed record LogEntry(long Index, string Stream, long Revision, string Link);

/// <summary>What publishing did.</summary>
/// <param name="Size">Size of the checkpoint published.</param>
/// <param name="Published">Where it is now.</param>
public sealed record PublishResult(long Size, IReadOnlyList<string> Published);

/// <summary>The log's keys.</summary>
public sealed record KeyList(IReadOnlyList<KeyItem> Keys);

/// <summary>A log key.</summary>
/// <param name="Name">Its name in notes.</param>
/// <param name="Fingerprint">SHA-256 of its public key (SPKI), hex.</param>
/// <param name="From">First tree size it may sign.</param>
/// <param name="To">Last one; null while in use.</param>
/// <param name="Revoked">Whether it was revoked.</param>
public sealed record KeyItem(string Name, string Fingerprint, long From, long? To, bool Revoked);

/// <summary>Revokes a key: links beyond the size are no longer signed by it.</summary>
/// <param name="AfterSize">The last tree size for which it is still believed.</param>
/// <param name="Reason">For the audit log.</param>
public sealed record RevokeRequest(long AfterSize, string Reason);
