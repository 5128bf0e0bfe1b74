namespace Loom.Web.Data;

/// <summary>Exports and verifies provenance bundles.</summary>
public interface IBundles
{
    /// <summary>Makes a bundle of whole histories.</summary>
    /// <returns>The bundle, or why there is none (for example: no checkpoint covers the head yet).</returns>
    Task<BundleExport> ExportAsync(ExportRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Verifies a bundle against the auditor's trust file, in this server's process. Malformed input is a report, not an exception.
    /// Reads at most what the verifier's limits allow.
    /// </summary>
    Task<VerdictReport> VerifyAsync(Stream bundle, string trustJson, CancellationToken cancellationToken);

    /// <summary>This host's own trust file (<c>loom trust export</c>), for convenience: an auditor gets it by another way.</summary>
    Task<string> OwnTrustAsync(CancellationToken cancellationToken);
}

/// <summary>What to put into a bundle.</summary>
/// <param name="Streams">The actors.</param>
/// <param name="HideData">Leave event bodies out.</param>
/// <param name="HideCommands">Leave command bodies out.</param>
public sealed record ExportRequest(IReadOnlyList<string> Streams, bool HideData, bool HideCommands);

/// <summary>A bundle to hand to a person. Dispose the stream.</summary>
/// <param name="FileName">A fitting name, <c>*.loom</c>.</param>
/// <param name="Content">The bytes; null when refused.</param>
/// <param name="TreeSize">The tree size it is made at.</param>
/// <param name="Refusal">Why there is none, with the remedy; null when there is one.</param>
public sealed record BundleExport(string FileName, Stream? Content, long TreeSize, string? Refusal);

/// <summary>What the verifier says.</summary>
/// <param name="ExitCode">As <c>loom verify</c> would exit: 0, 1, 2 or 3.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Verdicts">One per claim, in the verifier's order; empty for a malformed bundle.</param>
/// <param name="Streams">The histories in the bundle.</param>
public sealed record VerdictReport(int ExitCode, string Summary, IReadOnlyList<ClaimVerdict> Verdicts, IReadOnlyList<BundleStream> Streams);

/// <summary>The verdict on one claim.</summary>
/// <param name="Claim">The claim's words, for example <c>intact</c>.</param>
/// <param name="Outcome">Holds, false or not covered.</param>
/// <param name="Required">Whether the trust file requires it.</param>
/// <param name="Detail">Where it first failed, or why it is not covered; may be empty.</param>
/// <param name="WhoToBelieve">Who has to be believed for it, in one sentence.</param>
public sealed record ClaimVerdict(string Claim, ClaimOutcome Outcome, bool Required, string Detail, string WhoToBelieve);

/// <summary>How a claim came out.</summary>
public enum ClaimOutcome
{
    /// <summary>Checked and true.</summary>
    Holds,

    /// <summary>Checked and false.</summary>
    False,

    /// <summary>Could not be checked from what was brought.</summary>
    NotCovered,
}

/// <summary>A history in a bundle.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Transitions">Number of transitions.</param>
/// <param name="Head">Hash of its last link, hex.</param>
public sealed record BundleStream(string Stream, long Transitions, string Head);
