using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;

namespace Loom.Cli.Testing;

/// <summary>A test that did not run, and why.</summary>
internal sealed record SkippedTest(string Name, string Reason);

/// <summary>A test that failed, with what it said.</summary>
internal sealed record FailedTest(string Name, string Message);

/// <summary>What one test project's run came to.</summary>
internal sealed record TestRun(
    string Project, int Passed, IReadOnlyList<FailedTest> Failed, IReadOnlyList<SkippedTest> Skipped, IReadOnlyList<string> Notes, TimeSpan Took)
{
    /// <summary>
    /// Runs a built test project and reads its results file; with <paramref name="measure"/> its library's coverage too. A run that leaves no
    /// results, or covers less than it must, counts as one failure.
    /// </summary>
    public static async Task<TestRun> RunAsync(
        string project, string resultsFolder, string? filter, bool measure, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var results = Path.Combine(resultsFolder, name + ".trx");
        File.Delete(results);
        List<string> arguments =
        [
            "test", project, "--no-build", "-c", "Release", "--nologo", "--logger", $"trx;LogFileName={results}", "--blame-hang-timeout", environment.ContainsKey("LOOM_PROGRESS") ? "360min" : "20min",
        ];
        if (filter is not null)
        {
            arguments.AddRange(["--filter", filter]);
        }

        Coverage.Clear(name, resultsFolder);
        if (measure)
        {
            arguments.AddRange(Coverage.Arguments(name, resultsFolder));
        }

        var watch = Stopwatch.StartNew();
        var (exit, output) = await ChildProcess.CaptureAsync("dotnet", arguments, environment, cancellationToken);
        return File.Exists(results)
            ? WithCoverage(Read(name, results, exit, watch.Elapsed), Coverage.Read(name, resultsFolder))
            : filter is not null && exit == 0
                ? new TestRun(name, 0, [], [], [], watch.Elapsed)
                : new TestRun(name, 0, [new FailedTest(name, "The test process left no results:\n" + Tail(output))], [], [], watch.Elapsed);
    }

    /// <summary>Prints one line, the suite's notes, and what failed.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Project}: {Passed} passed, {Failed.Count} failed, {Skipped.Count} skipped in {Took.TotalSeconds:F0} s"));
        foreach (var note in Notes)
        {
            output.WriteLine("  " + note);
        }

        foreach (var failed in Failed)
        {
            output.WriteLine($"  FAILED {failed.Name}\n    {failed.Message.Replace("\n", "\n    ", StringComparison.Ordinal)}");
        }
    }

    private static TestRun WithCoverage(TestRun run, Coverage? coverage) => coverage switch
    {
        null => run,
        { IsEnough: true } => run with { Notes = [.. run.Notes, coverage.ToString()] },
        _ => run with { Failed = [.. run.Failed, new FailedTest(coverage.Library, coverage + ". Test what the report in artifacts/test-results/coverage shows as missed.")] },
    };

    private static TestRun Read(string name, string results, int exit, TimeSpan took)
    {
        XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
        var root = XDocument.Load(results).Root!;
        var passed = 0;
        var failed = new List<FailedTest>();
        var skipped = new List<SkippedTest>();
        var notes = new List<string>();
        foreach (var result in root.Descendants(ns + "UnitTestResult"))
        {
            var test = (string?)result.Attribute("testName") ?? "?";
            var error = result.Element(ns + "Output")?.Element(ns + "ErrorInfo");
            var message = ((string?)error?.Element(ns + "Message") ?? "").Trim();
            notes.AddRange(Marked((string?)result.Element(ns + "Output")?.Element(ns + "StdOut")));
            switch ((string?)result.Attribute("outcome"))
            {
                case "Passed":
                    passed++;
                    break;
                case "NotExecuted":
                    var reason = message.Length > 0 ? message : ((string?)result.Element(ns + "Output")?.Element(ns + "StdOut") ?? "").Trim();
                    skipped.Add(new SkippedTest(test, reason));
                    break;
                default:
                    failed.Add(new FailedTest(test, message + "\n" + (string?)error?.Element(ns + "StackTrace")));
                    break;
            }
        }

        notes.AddRange(Marked((string?)root.Element(ns + "ResultSummary")?.Element(ns + "Output")?.Element(ns + "StdOut")));
        if (exit != 0 && failed.Count == 0)
        {
            failed.Add(new FailedTest(name, $"The test process ended with exit code {exit.ToString(CultureInfo.InvariantCulture)} although no test failed."));
        }

        return new TestRun(name, passed, failed, skipped, [.. notes.Distinct()], took);
    }

    // Suites mark the lines worth keeping (seeds, counts of faults) with their name in brackets.
    private static IEnumerable<string> Marked(string? output) =>
        (output ?? "").Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith('[') && l.Contains(']', StringComparison.Ordinal) && !l.StartsWith("[xUnit", StringComparison.Ordinal));

    private static string Tail(string text) => string.Join('\n', text.Split('\n').TakeLast(40));
}
