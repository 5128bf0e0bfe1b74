namespace Loom.Provenance.Receipts;

/// <summary>The first check that a receipt does not pass.</summary>
/// <param name="Check">Which.</param>
/// <param name="Where">The place in the receipt, the image or the statement.</param>
/// <param name="Expected">What a receipt that proves its statement has there.</param>
/// <param name="Got">What this one has.</param>
public sealed record ReceiptError(ReceiptCheck Check, string Where, string Expected, string Got)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Where}: expected {Expected}, got {Got} ({Check})";
}

/// <summary>The outcome of <see cref="ReceiptVerifier.Verify"/>.</summary>
public sealed record ReceiptResult
{
    /// <summary>Why the receipt proves nothing; null when it proves its statement.</summary>
    public required ReceiptError? Error { get; init; }

    /// <summary>Whether the statement is proven.</summary>
    public bool IsProven => Error is null;

    /// <summary>The parameter set; null when the receipt was refused before it was known.</summary>
    public ParameterSet? Set { get; init; }

    /// <summary>Segments, each a proof of its own part of the run.</summary>
    public int Segments { get; init; }

    /// <summary>How hard it is to forge such a receipt; null when the receipt was refused before its form was known.</summary>
    public SoundnessAccount? Security { get; init; }
}
