namespace Loom.Provenance.Receipts;

/// <summary>
/// The formulas of section 4.9. Floating-point numbers are used here only: nothing is decided by them. Everything is a logarithm to base 2.
/// </summary>
internal static class SoundnessTerms
{
    /// <summary>The proximity parameter m: the list of codewords is counted up to sqrt(rho) (1 + 1/2m).</summary>
    private const double M = 16;

    /// <summary>log2 of the number of elements of F3.</summary>
    private const double Field = 3 * 63.9999999996641;

    private static readonly Lazy<int[]> Constraints = new(() => [.. Tables.All.Select(Count)]);

    /// <summary>The terms of a proof of segments of these shapes, whose statement puts <paramref name="publicTuples"/> tuples on the buses.</summary>
    public static IReadOnlyList<SoundnessTerm> Of(ParameterSet set, IReadOnlyList<SegmentShape> segments, ulong publicTuples)
    {
        double b = set.LogBlowup, list = Math.Log2(M + 0.5) + (b / 2), m = Math.Log2(M + 0.5);
        var interactions = publicTuples + segments.Sum(s => s.Tables.Sum(t => t.Shape.Interactions * Math.Pow(2, t.LogHeight)));
        double Each(Func<SegmentShape, double> bits) => Sum(segments.Select(bits));
        double Queries(double perQuery) => set.GrindingBits - (set.Queries * perQuery) - Math.Log2(segments.Count);
        return
        [
            new("binding values: two traces of a segment agree at zeta0", "l² N / 2|F3|, l = (m+½)/√ρ", Each(s => Field + 1 - (2 * list) - s.LogHeight), true, true),
            new("LogUp: root of the numerator or vanishing denominator", "2 · 7 M / |F3|, M interactions in all", Field - Math.Log2(14) - Math.Log2(interactions), true, true),
            new("batching of constraints (ALI)", "constraints · l / |F3|", Each(s => Field - Math.Log2(s.Tables.Sum(t => Constraints.Value[(int)t.Shape.Id])) - list), true, true),
            new("DEEP, out-of-domain values", "l² 3N / |F3|", Each(s => Field - Math.Log2(3) - (2 * list) - s.LogHeight), true, true),
            new(
                "FRI commit and batching of columns, Johnson radius, bound of 2020", "opened (m+½)⁷ |D|² / (3 ρ^1.5 |F3|), m = 16",
                Each(s => Field + Math.Log2(3) - Opened(s) - (7 * m) - (2 * s.LogDomain) - (1.5 * b)), true, true),
            new(
                "the same, leading term of the bound of 2025", "opened 2 (m'+½)⁵ |D| / (3 ρ^1.5 |F3|), m' = 2m",
                Each(s => Field + Math.Log2(3) - 1 - Opened(s) - (5 * Math.Log2((2 * M) + 0.5)) - s.LogDomain - (1.5 * b)), false, false),
            new("FRI queries, proven (Johnson)", "(√ρ (1 + 1/2m))^q 2^-g", Queries((-b / 2) + Math.Log2(1 + (0.5 / M))), true, false),
            new("FRI queries, proven (unique decoding)", "((1+ρ)/2)^q 2^-g", Queries(Math.Log2(1 + Math.Pow(2, -b)) - 1), false, false),
            new("FRI queries, conjectured", "(ρ + η)^q 2^-g, η = log2(e/ρ) ρ / log2|F3|", Queries(Conjectured(b)), false, true),
            new("SHA-256 collisions (Merkle trees, transcript)", "2^-128", 128, true, true),
        ];
    }

    /// <summary>-log2 of a sum of 2^-bits.</summary>
    public static double Sum(IEnumerable<double> bits) => -Math.Log2(bits.Sum(x => Math.Pow(2, -x)));

    private static double Conjectured(double b)
    {
        var rho = Math.Pow(2, -b);
        return Math.Log2(rho + ((Math.Log2(Math.E) + b) * rho / Field));
    }

    private static double Opened(SegmentShape segment) => Math.Log2(segment.OpenedValues + segment.MainColumns);

    // With those of LogUp: one for each helper, the accumulator's step and its start (section 3.15).
    private static int Count(TableShape table)
    {
        var counter = new Counter();
        Air.Evaluate<Goldilocks>(table.Id, new Goldilocks[table.MainColumns], new Goldilocks[table.PreprocessedColumns], counter);
        return counter.Constraints + table.AuxColumns + 1;
    }

    private sealed class Counter : ConstraintSink<Goldilocks>
    {
        public int Constraints { get; private set; }

        public override void Constraint(Goldilocks value) => Constraints++;

        public override void Interaction(Goldilocks multiplicity, Bus bus, ReadOnlySpan<Goldilocks> tuple)
        {
        }
    }
}
