using System.Diagnostics;
using System.Globalization;

namespace Loom.Cli.Testing;

/// <summary>
/// Fuzz targets in Rust: tests that mutate input from <c>LOOM_SEED</c>, run again and again, each time from the next seed, until the time is over.
/// </summary>
internal static class CargoFuzz
{
    private static readonly Target[] All =
    [
        new("prover-modules", "loom-wasm", "hostile", ""), // parser, validator and translator of modules
        new("prover-programs", "loom-vm", "random", ""), // executors on generated programs, against each other
        new("prover-receipts", "loom-verify", "verifier", "hostile::"), // decoders of receipts and images, and the verifier
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Targets { get; } = [.. All.Select(t => t.Name)];

    /// <summary>Runs a target for some minutes, at least once; with a seed that was given, once. The exit code is 0 when nothing was found.</summary>
    public static async Task<int> RunAsync(string root, string name, double minutes, int? seed, TextWriter output, CancellationToken cancellationToken)
    {
        var target = All.Single(t => string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase));
        var first = seed ?? Random.Shared.Next(1, 1_000_000_000);
        output.WriteLine($"[{target.Name}] LOOM_SEED={first.ToString(CultureInfo.InvariantCulture)}");
        string[] arguments =
        [
            "test", "--manifest-path", Path.Combine(root, "prover", "Cargo.toml"), "--locked", "-q", "-p", target.Package, "--test", target.Tests, "--", "--format", "pretty",
            .. target.Filter.Length > 0 ? [target.Filter] : Array.Empty<string>(),
        ];
        var watch = Stopwatch.StartNew();
        var round = 0;
        do
        {
            var one = (first + round).ToString(CultureInfo.InvariantCulture);
            var (exit, said) = await CaptureAsync(arguments, one, cancellationToken);
            var run = CargoRun.Read(said, exit, watch.Elapsed);
            if (run.Failed.Count > 0 || run.Passed == 0)
            {
                (run.Failed.Count > 0 ? run with { Project = target.Name } : run with { Project = target.Name, Failed = [new FailedTest(target.Name, $"No test ran:\n{said}")] }).Print(output);
                output.WriteLine($"Replay it with: loom fuzz {target.Name} --seed {one}");
                return 1;
            }

            round++;
        }
        while (seed is null && watch.Elapsed.TotalMinutes < minutes);

        output.WriteLine($"[{target.Name}] {Output.Counted.Of(round, "round")}, each with a seed of its own, found nothing");
        return 0;
    }

    private static async Task<(int Exit, string Said)> CaptureAsync(string[] arguments, string seed, CancellationToken cancellationToken)
    {
        try
        {
            return await ChildProcess.CaptureAsync("cargo", arguments, new Dictionary<string, string> { ["LOOM_SEED"] = seed }, cancellationToken);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException(ExitCodes.Unreachable, "cargo cannot be started.", e.Message, "The prover's fuzz targets need Rust 1.88 or later: https://rustup.rs.");
        }
    }

    private sealed record Target(string Name, string Package, string Tests, string Filter);
}
