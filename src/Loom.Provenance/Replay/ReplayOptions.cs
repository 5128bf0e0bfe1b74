using Loom.Core;

namespace Loom.Provenance;

/// <summary>What running journaled commands again may take.</summary>
public sealed record ReplayOptions
{
    /// <summary>The options that apply when none are given.</summary>
    public static ReplayOptions Default { get; } = new();

    /// <summary>
    /// Units of fuel for one command. With the default, <see cref="ModuleBounds.MaxFuel"/>, whatever any host has accepted gets through, and what
    /// does not was never accepted; with less, a command that needs more leaves the claim not covered.
    /// </summary>
    public long Fuel { get; init; } = ModuleBounds.MaxFuel;

    /// <summary>How long everything may take together; beyond it the claim is not covered. Null for ever.</summary>
    public TimeSpan? TimeLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Told now and then how far it is.</summary>
    public IProgress<ReplayProgress>? Progress { get; init; }
}

/// <summary>How far running again is.</summary>
/// <param name="Transitions">Transitions run so far.</param>
/// <param name="Total">Transitions in the bundle, as it says.</param>
public sealed record ReplayProgress(long Transitions, long Total);
