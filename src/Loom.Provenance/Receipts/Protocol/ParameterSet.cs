namespace Loom.Provenance.Receipts;

/// <summary>A row of the table of parameter sets (section 4.1). Nothing but these rows exists; a receipt only names one.</summary>
/// <param name="Id">The id in receipts and images.</param>
/// <param name="Name">The name in policies and trust files.</param>
/// <param name="LogBlowup">Logarithm of the domain's size over the trace's.</param>
/// <param name="Queries">Positions that the verifier opens.</param>
/// <param name="GrindingBits">Leading zero bits of the proof of work.</param>
public sealed record ParameterSet(ushort Id, string Name, int LogBlowup, int Queries, int GrindingBits)
{
    /// <summary>For deployments that accept the conjecture of section 4.9 for a smaller receipt.</summary>
    public static ParameterSet Std { get; } = new(1, "std", 2, 41, 20);

    /// <summary>The platform's default: every security term is a theorem.</summary>
    public static ParameterSet Proven { get; } = new(2, "proven", 2, 88, 20);

    /// <summary>The smallest receipts, slow to make.</summary>
    public static ParameterSet Compact { get; } = new(3, "compact", 4, 21, 20);

    /// <summary>The fastest to make.</summary>
    public static ParameterSet Fast { get; } = new(4, "fast", 1, 83, 20);

    /// <summary>By ascending id.</summary>
    public static IReadOnlyList<ParameterSet> All { get; } = [Std, Proven, Compact, Fast];

    /// <summary>The row of an id; null when there is none.</summary>
    public static ParameterSet? OfId(int id) => id is >= 1 and <= 4 ? All[id - 1] : null;

    /// <summary>The row of a name; null when there is none.</summary>
    public static ParameterSet? OfName(string name) => All.FirstOrDefault(s => s.Name == name);

    /// <summary>The cap of the lookup table under this set: a constant of the system (section 3.11).</summary>
    internal ReadOnlySpan<byte> LutCap => LutCaps.Of(LogBlowup);
}
