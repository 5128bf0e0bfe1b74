namespace Loom.Web.Data;

/// <summary>Receipts: what each states, how sound it is, and checking it here and now.</summary>
public interface IReceipts
{
    /// <summary>The receipt of a transition, by its link; null when it has none.</summary>
    Task<ReceiptDetail?> ReceiptAsync(string link, CancellationToken cancellationToken);

    /// <summary>Runs the verifier over the receipt's bytes, against the link in the journal and the image ids that are registered here.</summary>
    Task<ReceiptReport> VerifyAsync(string link, CancellationToken cancellationToken);

    /// <summary>The receipt as a file, with input and output.</summary>
    Task<ReceiptDownload> DownloadAsync(string link, CancellationToken cancellationToken);
}

/// <summary>A receipt, as it was attached to its transition.</summary>
/// <param name="Number">The transition's number in its stream; null when the stream does not have it.</param>
/// <param name="Attached">Revision of the act in <c>loom.receipts-STREAM</c>.</param>
/// <param name="Seal">SHA-256 of the receipt's bytes, hex.</param>
/// <param name="Statement">What it states.</param>
/// <param name="Account">How hard such a receipt is to forge; null when its bytes cannot be had.</param>
/// <param name="Problem">Why its bytes cannot be had, or read; null when they can.</param>
public sealed record ReceiptDetail(long? Number, long Attached, string Seal, ReceiptStatement Statement, SoundnessTable? Account, string? Problem);

/// <summary>What a receipt states: this program, on this input, gave this output and ended so, after so many instructions.</summary>
/// <param name="Module">SHA-256 of the module that the link names, hex.</param>
/// <param name="ImageId">The program, as it was translated.</param>
/// <param name="Input">SHA-256 of the input frame.</param>
/// <param name="InputBytes">Its length.</param>
/// <param name="Output">SHA-256 of the output frame.</param>
/// <param name="OutputBytes">Its length.</param>
/// <param name="ExitCode">How the run ended.</param>
/// <param name="Cycles">Instructions.</param>
public sealed record ReceiptStatement(string Module, string ImageId, string Input, long InputBytes, string Output, long OutputBytes, long ExitCode, long Cycles);

/// <summary>The account of soundness of a receipt.</summary>
/// <param name="Set">The parameter set.</param>
/// <param name="Parameters">What the set is, in words.</param>
/// <param name="Segments">Segments of the proof.</param>
/// <param name="ProvenBits">Bits by theorems alone.</param>
/// <param name="ConjecturedBits">Bits with the queries by conjecture.</param>
/// <param name="Rows">Every term.</param>
public sealed record SoundnessTable(string Set, string Parameters, int Segments, double ProvenBits, double ConjecturedBits, IReadOnlyList<SoundnessRow> Rows);

/// <summary>A way in which a false statement could be accepted.</summary>
/// <param name="Term">What would have to go wrong.</param>
/// <param name="Bound">The formula.</param>
/// <param name="Bits">How unlikely that is.</param>
/// <param name="Theorem">Whether the bound is a theorem, not a conjecture.</param>
/// <param name="Counts">In which sum it is.</param>
public sealed record SoundnessRow(string Term, string Bound, double Bits, bool Theorem, string Counts);

/// <summary>What the verifier says of a receipt, now.</summary>
/// <param name="Outcome">Holds, false, or not covered.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Detail">The check that it does not pass, where and why; empty when it holds.</param>
/// <param name="Checks">What was checked, in order; empty unless it holds.</param>
/// <param name="Milliseconds">How long the verifier took.</param>
/// <param name="At">When.</param>
public sealed record ReceiptReport(ClaimOutcome Outcome, string Summary, string Detail, IReadOnlyList<string> Checks, double Milliseconds, DateTimeOffset At);

/// <summary>A receipt to hand to a person. Dispose the stream.</summary>
/// <param name="FileName">A fitting name, <c>*.receipt</c>.</param>
/// <param name="Content">The bytes; null when refused.</param>
/// <param name="Refusal">Why there is none, with the remedy; null when there is one.</param>
public sealed record ReceiptDownload(string FileName, Stream? Content, string? Refusal);
