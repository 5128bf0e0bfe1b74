using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Cli.Proofs;

/// <summary>What became of one receipt, in the order in which it matters for the exit code.</summary>
internal enum ReceiptOutcome
{
    Proven,
    NotCovered,
    False,
    Malformed,
}

/// <summary>A receipt, judged.</summary>
internal sealed record JudgedReceipt
{
    public required string File { get; init; }

    /// <summary>The transition's link; null for a receipt that came alone.</summary>
    public Link? Link { get; init; }

    public required ReceiptOutcome Outcome { get; init; }

    /// <summary>The check that it does not pass; null when it is proven.</summary>
    public string? Check { get; init; }

    public string? Reason { get; init; }

    /// <summary>The verifier's own error case; null when the proof was not looked at, or is good.</summary>
    public ReceiptError? Error { get; init; }

    public Statement? Statement { get; init; }

    public ParameterSet? Set { get; init; }

    /// <summary>Term by term; null when the receipt has not the form of one.</summary>
    public SoundnessAccount? Account { get; init; }

    /// <summary>Bytes without attachments.</summary>
    public int Bytes { get; init; }

    public TimeSpan Took { get; init; }

    public int Exit => Outcome switch
    {
        ReceiptOutcome.Proven => ExitCodes.Ok,
        ReceiptOutcome.NotCovered => ExitCodes.NotCovered,
        ReceiptOutcome.False => ExitCodes.SaidNo,
        _ => ExitCodes.Malformed,
    };
}
