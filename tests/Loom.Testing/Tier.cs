namespace Loom.Testing;

/// <summary>How much a randomised suite does: little in CI, the counts in the long tier (<c>LOOM_TIER=long</c>).</summary>
public static class Tier
{
    /// <summary>Whether the long tier runs.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("LOOM_TIER") == "long";

    /// <summary>The count of this tier; <c>LOOM_COUNT</c> overrides both.</summary>
    public static int Count(int ci, int @long) =>
        int.TryParse(Environment.GetEnvironmentVariable("LOOM_COUNT"), out var count) ? count : IsLong ? @long : ci;
}

/// <summary>Rotating seeds: each run takes a new one and prints it; <c>LOOM_SEED=n</c> replays.</summary>
public static class Seeds
{
    private static readonly int Base = int.TryParse(Environment.GetEnvironmentVariable("LOOM_SEED"), out var seed)
        ? seed
        : Random.Shared.Next(1, 1_000_000_000);

    /// <summary>The first seed of this run, printed with the line that replays it.</summary>
    public static int First(string suite)
    {
        Console.WriteLine($"[{suite}] LOOM_SEED={Base}");
        return Base;
    }
}
