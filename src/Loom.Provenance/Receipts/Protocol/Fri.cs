namespace Loom.Provenance.Receipts;

/// <summary>Folding by 8 and the final polynomial (section 4.6).</summary>
internal static class Fri
{
    private static readonly Goldilocks Eighth = new Goldilocks(8).Inverse();

    // The points of a leaf's even positions 0, 2, 4, 6 over the point of position 0, inverted.
    private static readonly Goldilocks[] Inverses = [Goldilocks.One, Domains.Root(2).Inverse(), Domains.Root(3).Inverse(), (Domains.Root(2) * Domains.Root(3)).Inverse()];

    // By position in the leaf: that position's point over the point of position 0, an eighth root of unity.
    private static readonly Goldilocks[] OverFirst = [.. Enumerable.Range(0, 8).Select(j => Domains.Root(3).Power(Domains.Reversed((uint)j, 3)))];

    /// <summary>Three binary folds f'(x^2) = (f(x) + f(-x)) / 2 + phi (f(x) - f(-x)) / (2x), with phi, phi^2 and phi^4.</summary>
    /// <param name="leaf">Eight consecutive bit-reversed values, 192 bytes.</param>
    /// <param name="position">Which of the eight the point belongs to.</param>
    /// <param name="inversePoint">1 / x of that position.</param>
    /// <param name="phi">The layer's challenge.</param>
    public static F3 Fold(ReadOnlySpan<byte> leaf, int position, Goldilocks inversePoint, F3 phi)
    {
        var inverse = inversePoint * OverFirst[position]; // 1 / x of position 0
        Span<F3> values = stackalloc F3[4];
        for (var t = 0; t < 4; t++)
        {
            values[t] = Combine(F3.Read(leaf[(48 * t)..]), F3.Read(leaf[((48 * t) + 24)..]), phi * (inverse * Inverses[t]));
        }

        var (phi2, inverse2) = (phi * phi, inverse * inverse);
        var low = Combine(values[0], values[1], phi2 * inverse2);
        var high = Combine(values[2], values[3], phi2 * (inverse2 * Inverses[1]));
        return Combine(low, high, phi2 * phi2 * (inverse2 * inverse2)) * Eighth;
    }

    /// <summary>The polynomial's value; coefficients lowest degree first, 24 bytes each.</summary>
    public static F3 Evaluate(ReadOnlySpan<byte> coefficients, Goldilocks x)
    {
        var value = F3.Zero;
        for (var at = coefficients.Length - F3.Bytes; at >= 0; at -= F3.Bytes)
        {
            value = (value * x) + F3.Read(coefficients[at..]);
        }

        return value;
    }

    // Twice the fold of a pair; the halves are taken together at the end.
    private static F3 Combine(F3 left, F3 right, F3 weight) => left + right + (weight * (left - right));
}
