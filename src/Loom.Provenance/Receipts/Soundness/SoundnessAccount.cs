using System.Buffers.Binary;

namespace Loom.Provenance.Receipts;

/// <summary>
/// The account of soundness of one receipt, term by term (section 4.9): what <c>loom-prover security</c> prints. It says how hard it is to
/// forge such a receipt, not whether this one verifies. Nobody outside has audited the proof system.
/// </summary>
/// <param name="Set">The parameter set.</param>
/// <param name="LogHeight">The largest height of a table, as a logarithm.</param>
/// <param name="Segments">Segments; each is one more chance.</param>
/// <param name="Terms">Every term, those for comparison included.</param>
public sealed record SoundnessAccount(ParameterSet Set, int LogHeight, int Segments, IReadOnlyList<SoundnessTerm> Terms)
{
    private const int MaxSegments = 1024;

    /// <summary>-log2 of the sum of every term that is a theorem.</summary>
    public double ProvenBits { get; } = SoundnessTerms.Sum(Terms.Where(t => t.CountsAsProven).Select(t => t.Bits));

    /// <summary>-log2 of the sum with the queries by conjecture.</summary>
    public double ConjecturedBits { get; } = SoundnessTerms.Sum(Terms.Where(t => t.CountsAsConjectured).Select(t => t.Bits));

    /// <summary>The account of a receipt; nothing is verified.</summary>
    /// <param name="receipt">Its bytes.</param>
    /// <param name="error">Why the result is null: what keeps the form of the receipt from being read.</param>
    public static SoundnessAccount? Of(ReadOnlyMemory<byte> receipt, out ReceiptError? error)
    {
        if (ReceiptFile.Parse(receipt, out error) is not { } file)
        {
            return null;
        }

        var proof = file.Proof.Span;
        if (proof.Length < ProofLayout.PrefixBytes)
        {
            error = new(ReceiptCheck.Length, "proof", $"at least {ProofLayout.PrefixBytes} bytes", $"{proof.Length}");
            return null;
        }

        var id = BinaryPrimitives.ReadUInt16LittleEndian(proof);
        int segments = BinaryPrimitives.ReadUInt16LittleEndian(proof[2..]);
        var set = ParameterSet.OfId(id);
        error = set is null ? new(ReceiptCheck.ImageParameterSet, "proof, param_id", "a known id, 1 to 4", $"{id}")
            : segments is 0 or > MaxSegments ? new(ReceiptCheck.SegmentCount, "proof, n_segments", $"1 to {MaxSegments}", $"{segments}")
            : proof.Length - ProofLayout.PrefixBytes < segments * Tables.HeightBytes
                ? new(ReceiptCheck.Length, "proof", $"{segments * Tables.HeightBytes} bytes of heights", $"{proof.Length - ProofLayout.PrefixBytes} bytes")
            : file.Statement.Bounds();
        if (error is not null)
        {
            return null;
        }

        // Which height the program's table has to have, only its image says; here it is taken as it is.
        var heights = proof.Slice(ProofLayout.PrefixBytes, segments * Tables.HeightBytes);
        var layout = ProofLayout.Of(heights, set!, heights[(int)TableId.Rom], out error);
        return layout is null ? null : Of(set!, layout.Segments, file.Statement);
    }

    internal static SoundnessAccount Of(ParameterSet set, IReadOnlyList<SegmentShape> segments, Statement statement)
    {
        // Tape words, and the ends of execution.
        var tuples = 6 + ((statement.InputLength + 7) / 8) + ((statement.OutputLength + 7) / 8);
        return new SoundnessAccount(set, segments.Max(s => s.LogHeight), segments.Count, SoundnessTerms.Of(set, segments, tuples));
    }

    /// <summary>Whole bits, rounded down.</summary>
    public override string ToString() => $"{Math.Floor(ProvenBits)} bits proven, {Math.Floor(ConjecturedBits)} conjectured";
}
