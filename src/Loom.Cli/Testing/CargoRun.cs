using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Loom.Cli.Testing;

/// <summary>The prover's tests: <c>cargo test</c> over the workspace in <c>prover/</c>, read into a <see cref="TestRun"/>.</summary>
/// <remarks>
/// The harness of Rust knows no skip at run time: a test that cannot run here prints a line <c>[skip] REASON</c> and ends, and is counted as skipped.
/// Lines that begin with another name in brackets are kept as notes, as those of the .NET suites are.
/// </remarks>
internal static partial class CargoRun
{
    /// <summary>The name among the projects.</summary>
    public const string Name = "prover";

    private const string Remedy = "The prover's tests need Rust 1.88 or later: https://rustup.rs, or apt-get install rustup where your system has it.";
    private static readonly Version Oldest = new(1, 88);

    /// <summary>The suites: the whole workspace, or its checks and each crate alone, so that a run that is cut off goes on at the next crate.</summary>
    public static IReadOnlyList<string> Suites(string root, bool crateByCrate) => crateByCrate
        ? [Checks, .. Directory.EnumerateDirectories(Path.Combine(root, "prover", "crates")).Select(d => $"{Name}:{Path.GetFileName(d)}").Order(StringComparer.Ordinal)]
        : [Name];

    /// <summary>Builds <c>loom-prover</c>, which suites of .NET start; where it cannot be built, they say that they skip for it.</summary>
    public static async Task BuildAsync(string root, TextWriter log, CancellationToken cancellationToken)
    {
        if (await ToolchainAsync(cancellationToken) is not { } version || version < Oldest)
        {
            log.WriteLine(Remedy);
            return;
        }

        log.WriteLine("Building the prover…");
        var (exit, output) = await ChildProcess.CaptureAsync(
            "cargo", ["build", "--manifest-path", Path.Combine(root, "prover", "Cargo.toml"), "--release", "--locked", "-q", "-p", "loom-prover"],
            new Dictionary<string, string>(), cancellationToken);
        if (exit != 0)
        {
            log.WriteLine($"It failed (exit {exit}); the suites that need it will be skipped.\n{output}");
        }
    }

    /// <summary>One of <see cref="Suites"/>: format and lints, tests, or both; without a toolchain one skipped test that says what to install.</summary>
    public static async Task<TestRun> RunAsync(string root, string suite, string? filter, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        if (await ToolchainAsync(cancellationToken) is not { } version || version < Oldest)
        {
            return new TestRun(suite, 0, [], [new SkippedTest("cargo test", Remedy)], [], watch.Elapsed);
        }

        var manifest = Path.Combine(root, "prover", "Cargo.toml");
        var failed = new List<FailedTest>();
        var checks = 0;
        if (filter is null && suite is Name or Checks)
        {
            checks += await CheckAsync("format", ["fmt", "--manifest-path", manifest, "--all", "--check"]);
            checks += await CheckAsync("lints", ["clippy", "--manifest-path", manifest, "--workspace", "--all-targets", "--locked", "-q", "--", "-D", "warnings"]);
        }

        if (suite == Checks)
        {
            return new TestRun(suite, checks, failed, [], [], watch.Elapsed);
        }

        List<string> arguments = ["test", "--manifest-path", manifest, .. Packages(root, suite), "--locked", "--no-fail-fast", "-q", "--", "--show-output", "--format", "pretty"];
        if (filter is not null)
        {
            arguments.Add(filter);
        }

        var (exit, output) = await ChildProcess.CaptureAsync("cargo", arguments, environment, cancellationToken);
        var run = Read(output, exit, watch.Elapsed);
        return run with { Project = suite, Passed = run.Passed + checks, Failed = [.. failed, .. run.Failed] };

        async Task<int> CheckAsync(string what, string[] command)
        {
            var (code, said) = await ChildProcess.CaptureAsync("cargo", command, environment, cancellationToken);
            if (code == 0)
            {
                return 1;
            }

            failed.Add(new FailedTest($"cargo {command[0]} ({what})", said));
            return 0;
        }
    }

    private static string[] Packages(string root, string suite) =>
        suite == Name ? ["--workspace"] : ["-p", PackageOf(Path.Combine(root, "prover", "crates", suite[(Name.Length + 1)..], "Cargo.toml"))];

    private static string PackageOf(string manifest) => PackageName().Match(File.ReadAllText(manifest)).Groups["name"].Value;

    /// <summary>Reads what <c>cargo test</c> printed. A run that names no failed test but failed counts as one failure with its whole output.</summary>
    internal static TestRun Read(string output, int exit, TimeSpan took)
    {
        var outcomes = new Dictionary<string, string>(StringComparer.Ordinal);
        var said = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? section = null;
        var binaries = 0;
        foreach (var line in output.Split('\n').Select(l => l.TrimEnd('\r')))
        {
            if (line.StartsWith("running ", StringComparison.Ordinal))
            {
                binaries++;
                section = null;
            }
            else if (Outcome().Match(line) is { Success: true } outcome)
            {
                outcomes[Key(outcome.Groups["name"].Value)] = outcome.Groups["outcome"].Value;
            }
            else if (Section().Match(line) is { Success: true } start)
            {
                said[Key(start.Groups["name"].Value)] = section = [];
            }
            else if (line is "failures:" or "successes:" || line.StartsWith("test result:", StringComparison.Ordinal))
            {
                section = null;
            }
            else
            {
                section?.Add(line);
            }
        }

        var failed = new List<FailedTest>();
        var skipped = new List<SkippedTest>();
        var passed = 0;
        foreach (var (key, outcome) in outcomes)
        {
            var name = key[(key.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            var lines = said.GetValueOrDefault(key, []);
            if (outcome == "FAILED")
            {
                failed.Add(new FailedTest(name, string.Join('\n', lines).Trim()));
            }
            else if (outcome.StartsWith("ignored", StringComparison.Ordinal))
            {
                skipped.Add(new SkippedTest(name, outcome.Length > "ignored, ".Length ? outcome["ignored, ".Length..] : "Marked as ignored without a reason."));
            }
            else if (lines.FirstOrDefault(l => l.StartsWith(SkipMark, StringComparison.Ordinal)) is { } reason)
            {
                skipped.Add(new SkippedTest(name, reason[SkipMark.Length..].Trim()));
            }
            else
            {
                passed++;
            }
        }

        if (exit != 0 && failed.Count == 0)
        {
            failed.Add(new FailedTest("cargo test", $"Exit {exit.ToString(CultureInfo.InvariantCulture)} although no test failed:\n{output}"));
        }

        var notes = said.Values.SelectMany(l => l).Where(l => l.StartsWith('[') && l.Contains(']', StringComparison.Ordinal) && !l.StartsWith(SkipMark, StringComparison.Ordinal));
        return new TestRun(Name, passed, failed, skipped, [.. notes.Distinct()], took);

        // Two crates may have a test of the same name.
        string Key(string name) => $"{binaries.ToString(CultureInfo.InvariantCulture)} {name}";
    }

    private const string SkipMark = "[skip]";
    private const string Checks = Name + ":checks";

    private static async Task<Version?> ToolchainAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (exit, output) = await ChildProcess.CaptureAsync("cargo", ["--version"], new Dictionary<string, string>(), cancellationToken);
            return exit == 0 && CargoVersion().Match(output) is { Success: true } match ? Version.Parse(match.Groups["version"].Value) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // not on PATH
        }
    }

    [GeneratedRegex(@"^test (?<name>\S.*?) (- should panic )?\.\.\. (?<outcome>ok|FAILED|ignored.*)$")]
    private static partial Regex Outcome();

    [GeneratedRegex(@"^---- (?<name>\S.*) stdout ----$")]
    private static partial Regex Section();

    [GeneratedRegex(@"(?m)^name = ""(?<name>[a-z-]+)""")]
    private static partial Regex PackageName();

    [GeneratedRegex(@"^cargo (?<version>\d+\.\d+)")]
    private static partial Regex CargoVersion();
}
