namespace Loom.Provenance.Receipts;

/// <summary>
/// How hard it is to forge a receipt, in bits: the sum of the error terms of section 4.9 for this parameter set, trace height and number of
/// segments. The proof system is new, and nobody outside has audited it; these are the numbers of its design.
/// </summary>
/// <param name="Proven">By published theorems alone.</param>
/// <param name="Conjectured">With the list-decoding conjecture of section 4.9 for the queries.</param>
public sealed record SecurityBits(double Proven, double Conjectured)
{
    private const double FieldBits = 191.99;
    private const double M = 16; // the proximity parameter of section 4.9

    /// <summary>The bits of a receipt.</summary>
    /// <param name="set">The parameter set.</param>
    /// <param name="logHeight">The largest height of a segment, as a logarithm.</param>
    /// <param name="openedValues">Values opened in a segment, at most.</param>
    /// <param name="segments">Segments; each is one more chance.</param>
    public static SecurityBits Of(ParameterSet set, int logHeight, int openedValues, int segments)
    {
        var rho = Math.Pow(2, -set.LogBlowup);
        var list = (M + 0.5) / Math.Sqrt(rho);
        var height = Math.Pow(2, logHeight);
        double Over(double value) => value * Math.Pow(2, -FieldBits);
        var common = Over(list * list * height / 2) // binding values
            + Over(2 * 7 * Math.Pow(2, 39)) // buses
            + Over(400 * list) // batching of constraints
            + Over(list * list * 3 * height) // values out of the domain
            + Over(openedValues * Math.Pow(M + 0.5, 7) * Math.Pow(4, logHeight + set.LogBlowup) / (3 * Math.Pow(rho, 1.5))) // FRI, up to the queries
            + Math.Pow(2, -128); // collisions
        var eta = Math.Log2(Math.E / rho) * rho / FieldBits;
        double Bits(double perQuery) =>
            -Math.Log2(segments * (common + (Math.Pow(perQuery, set.Queries) * Math.Pow(2, -set.GrindingBits))));
        return new SecurityBits(Bits(Math.Sqrt(rho) * (1 + (1 / (2 * M)))), Bits(rho + eta));
    }

    /// <summary>Whole bits, rounded down: <c>103 bits proven, 104 conjectured</c>.</summary>
    public override string ToString() => $"{Math.Floor(Proven)} bits proven, {Math.Floor(Conjectured)} conjectured";
}
