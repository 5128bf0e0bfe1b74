using System.CommandLine;
using Loom.Cli.Testing;

namespace Loom.Cli.Commands;

/// <summary><c>loom test</c>: builds the checkout and runs its test projects, one after another.</summary>
internal static class TestCommand
{
    // Suites that start the prover's program.
    private static readonly string[] StartProver = ["Loom.Cli.Tests", "Loom.Host.Tests", "Loom.Proving.Tests", "Loom.Receipts.Tests", "Loom.Samples.Tests", "Loom.Wasm.Tests"];

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var projects = new Argument<string[]>("projects") { Description = "Test projects to run, by part of their names (the Rust workspace is 'prover', one of its crates 'prover:NAME'); all when none is given." };
        var isLong = new Option<bool>("--long") { Description = "Run the long tier: the full counts, resumable at the same commit, crate by crate in the Rust workspace." };
        var require = new Option<string>("--require") { Description = "'all' turns skips for a missing program, the Rust toolchain and loom-prover among them, into failures.", DefaultValueFactory = _ => "none" };
        require.AcceptOnlyFromAmong("none", "all");
        var filter = new Option<string?>("--filter") { Description = "Only tests whose full name contains this." };
        var evidence = new Option<FileInfo?>("--evidence") { Description = "With --long: write the summary to this file." };
        var command = new Command("test", "Build Loom and run its tests. Ends with a line 'N passed, N failed, N skipped'.")
        {
            projects, isLong, require, filter, evidence,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(projects) ?? [], parsed.GetValue(isLong), parsed.GetValue(require) == "all",
            parsed.GetValue(filter), parsed.GetValue(evidence), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] names, bool isLong, bool requireAll, string? filter, FileInfo? evidence, CancellationToken cancellationToken)
    {
        if (CheckoutRoot.Find() is not { } root)
        {
            Console.Error.WriteLine("loom test runs in a checkout of Loom, and this program does not lie in one. Clone the repository and run ./loom test there.");
            return 64;
        }

        await SystemPackages.InstallAsync(Console.Out, cancellationToken);
        Console.WriteLine("Building the solution…");
        var built = await ChildProcess.CaptureAsync(
            "dotnet", ["build", Path.Combine(root, "Loom.sln"), "-c", "Release", "--nologo", "-v", "q"], new Dictionary<string, string>(), cancellationToken);
        if (built.Exit != 0)
        {
            Console.WriteLine(built.Output);
            Console.WriteLine("0 passed, 1 failed, 0 skipped");
            return 1;
        }

        if (StartProver.Any(suite => IsNamed(suite, names)))
        {
            await CargoRun.BuildAsync(root, Console.Out, cancellationToken);
        }

        var results = Path.Combine(root, "artifacts", "test-results");
        Directory.CreateDirectory(results);
        var tier = isLong ? await LongTier.OpenAsync(root, cancellationToken) : null;
        var environment = new Dictionary<string, string> { ["LOOM_TIER"] = tier is null ? "ci" : "long" };
        if (tier is not null)
        {
            environment["LOOM_PROGRESS"] = tier.Progress;
        }

        var runs = new List<TestRun>();
        foreach (var (name, start) in Suites(root, names))
        {
            if (tier?.IsDone(name) == true)
            {
                Console.WriteLine($"{name}: passed before at {tier.Commit}");
                continue;
            }

            var run = await start();
            runs.Add(run);
            run.Print(Console.Out);
            if (tier is not null && run.Failed.Count == 0 && (run.Passed > 0 || run.Skipped.Count == 0) && filter is null)
            {
                await tier.FinishAsync(run, cancellationToken);
            }
        }

        if (tier is not null && evidence is not null)
        {
            evidence.Directory?.Create();
            await File.WriteAllTextAsync(evidence.FullName, tier.Summary(), cancellationToken);
        }

        return Summarize(runs, requireAll);

        IEnumerable<(string Name, Func<Task<TestRun>> Start)> Suites(string root, string[] names)
        {
            foreach (var project in TestProjects(root, names))
            {
                yield return (Path.GetFileNameWithoutExtension(project), () => TestRun.RunAsync(
                    project, results, filter is null ? null : "FullyQualifiedName~" + filter, measure: filter is null && !isLong, environment, cancellationToken));
            }

            var crateByCrate = isLong || names.Any(n => n.StartsWith(CargoRun.Name + ":", StringComparison.OrdinalIgnoreCase));
            foreach (var suite in CargoRun.Suites(root, crateByCrate).Where(s => IsNamed(s, names)))
            {
                yield return (suite, () => CargoRun.RunAsync(root, suite, filter, environment, cancellationToken));
            }
        }
    }

    private static int Summarize(List<TestRun> runs, bool requireAll)
    {
        var skipped = runs.SelectMany(r => r.Skipped).ToArray();
        var missing = requireAll ? skipped.Count(s => IsForAMissingProgram(s.Reason)) : 0;
        if (skipped.Length > 0)
        {
            Console.WriteLine("\nSkipped:");
            foreach (var reason in skipped.GroupBy(s => s.Reason))
            {
                Console.WriteLine($"  {reason.Count()} × {reason.Key}");
                foreach (var test in reason.Take(20))
                {
                    Console.WriteLine($"      {test.Name}");
                }
            }
        }

        if (missing > 0)
        {
            Console.WriteLine($"{missing} skipped for a missing program count as failures (--require all).");
        }

        var failed = runs.Sum(r => r.Failed.Count) + missing;
        var passed = runs.Sum(r => r.Passed);
        Console.WriteLine($"{passed} passed, {failed} failed, {skipped.Length - missing} skipped");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    /// <summary>Whether a test was skipped because a program is not on this machine, and not for the tier or the data.</summary>
    internal static bool IsForAMissingProgram(string reason) =>
        reason.Contains("apt-get install", StringComparison.Ordinal) || reason.Contains("npm ci", StringComparison.Ordinal) || reason.Contains("needs loom-prover", StringComparison.Ordinal);

    private static string[] TestProjects(string root, string[] names) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.Tests.csproj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(root, "e2e"), "*.csproj", SearchOption.AllDirectories))
            .Where(p => IsNamed(Path.GetFileNameWithoutExtension(p), names))
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsNamed(string suite, string[] names) => names.Length == 0 || names.Any(n => suite.Contains(n, StringComparison.OrdinalIgnoreCase));
}
