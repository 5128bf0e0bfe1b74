using Loom.Testing;

namespace Loom.Proving.Tests;

/// <summary>A test that needs the built prover; it is skipped, saying so, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProverFactAttribute : FactAttribute
{
    public ProverFactAttribute()
    {
        if (!File.Exists(Program))
        {
            Skip = $"There is no prover at {Program}: build it with 'cargo build --release -p loom-prover' in prover/, or name one in LOOM_PROVER.";
        }
    }

    /// <summary>Where the prover is.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("LOOM_PROVER")
        ?? Path.Combine(TestData.Root, "prover", "target", "release", OperatingSystem.IsWindows() ? "loom-prover.exe" : "loom-prover");
}
