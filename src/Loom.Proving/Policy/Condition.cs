namespace Loom.Proving;

/// <summary>Whether a condition holds of a transition.</summary>
/// <param name="Holds">Whether it does.</param>
/// <param name="Why">The part of it that decides, in its normal form.</param>
/// <param name="Doubt">Why that could not be said for certain; then it counts as holding: what is in doubt is proven.</param>
internal readonly record struct Judged(bool Holds, string Why, string? Doubt = null);

/// <summary>A condition on a transition: comparisons, joined by <c>and</c> and <c>or</c>.</summary>
internal abstract class Condition
{
    public abstract Judged Judge(SubjectValues values);
}

/// <summary>Holds when any part does.</summary>
internal sealed class AnyOf(IReadOnlyList<Condition> parts) : Condition
{
    public override Judged Judge(SubjectValues values)
    {
        var all = parts.Select(p => p.Judge(values)).ToArray();
        return Array.Exists(all, j => j is { Holds: true, Doubt: null }) ? all.First(j => j is { Holds: true, Doubt: null })
            : Array.Exists(all, j => j.Holds) ? all.First(j => j.Holds)
            : new Judged(false, ToString());
    }

    public override string ToString() => string.Join(" or ", parts);
}

/// <summary>Holds when all parts do.</summary>
internal sealed class AllOf(IReadOnlyList<Condition> parts) : Condition
{
    public override Judged Judge(SubjectValues values)
    {
        var all = parts.Select(p => p.Judge(values)).ToArray();
        return Array.TrueForAll(all, j => j.Holds)
            ? new Judged(true, ToString(), all.Select(j => j.Doubt).FirstOrDefault(d => d is not null))
            : new Judged(false, ToString());
    }

    public override string ToString() => string.Join(" and ", parts);
}
