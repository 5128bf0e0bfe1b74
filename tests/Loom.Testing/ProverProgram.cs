using Xunit;

namespace Loom.Testing;

/// <summary>Where the prover's program is: <c>LOOM_PROVER</c>, else what <c>cargo build</c> left in <c>prover/target</c>, the newest.</summary>
public static class ProverProgram
{
    /// <summary>Its path, or null when it was not built.</summary>
    public static string? Path { get; } = Find();

    private static string? Find()
    {
        var set = Environment.GetEnvironmentVariable("LOOM_PROVER");
        if (!string.IsNullOrEmpty(set)) return File.Exists(set) ? set : null;
        var name = OperatingSystem.IsWindows() ? "loom-prover.exe" : "loom-prover";
        return new[] { "release", "debug" }
            .Select(profile => System.IO.Path.Combine(TestData.Root, "prover", "target", profile, name))
            .Where(File.Exists)
            .MaxBy(File.GetLastWriteTimeUtc);
    }
}

/// <summary>A test that needs the prover's program; reported as skipped, with the command that builds it, where it is absent.</summary>
public sealed class ProverFactAttribute : FactAttribute
{
    /// <summary>Looks for the program.</summary>
    public ProverFactAttribute()
    {
        if (ProverProgram.Path is null) Skip = "needs loom-prover: cargo build --release in prover/, or LOOM_PROVER";
    }
}
