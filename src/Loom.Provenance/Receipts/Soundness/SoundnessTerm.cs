namespace Loom.Provenance.Receipts;

/// <summary>One way in which a false statement could be accepted, and how unlikely it is (a row of section 4.9).</summary>
/// <param name="Name">What would have to go wrong.</param>
/// <param name="Bound">The formula.</param>
/// <param name="Bits">-log2 of the probability over all segments; of the work, for hash collisions.</param>
/// <param name="CountsAsProven">Whether it is in the sum that rests on theorems alone.</param>
/// <param name="CountsAsConjectured">Whether it is in the sum that takes the queries by conjecture.</param>
public sealed record SoundnessTerm(string Name, string Bound, double Bits, bool CountsAsProven, bool CountsAsConjectured)
{
    /// <summary>Whether the bound is a published theorem, in the random-oracle model.</summary>
    public bool IsTheorem => CountsAsProven || !CountsAsConjectured;
}
