using Loom.Testing;
using Loom.Wasm.Tests.BackEnds;

namespace Loom.Wasm.Tests.Conformance;

/// <summary>The part of the suite that runs, file by file, on every back end, with the options that machines have and with none.</summary>
public sealed class RunningTests
{
    public static TheoryData<string, string> Files()
    {
        var data = new TheoryData<string, string>();
        foreach (var backEnd in BackEnd.All.Keys)
        {
            foreach (var name in SuiteFile.Names) data.Add(backEnd, name);
        }

        return data;
    }

    [SuiteTheory]
    [MemberData(nameof(Files))]
    public void The_file_runs_as_the_specification_says(string backEnd, string name)
    {
        var file = SuiteFile.Read(name);
        foreach (var options in (ExecutableOptions[])[new(), new() { CountFuel = false, CanonicalNaN = false }])
        {
            using var run = new SuiteRun(file, BackEnd.All[backEnd].Make, options);
            run.Run();
            if (options.CountFuel) Console.WriteLine($"[suite] {backEnd} {name}: {string.Join(", ", run.Counts.Select(c => $"{c.Key} {c.Value}"))}");
            Assert.True(run.Wrong.Count == 0, $"{run.Wrong.Count} wrong:\n{string.Join("\n", run.Wrong.Take(50))}");
        }
    }

    [SharedDataFact(SuiteFile.Marker)]
    public void Every_command_is_run_or_listed()
    {
        var commands = SuiteFile.All.SelectMany(f => f.Commands.Select(c => (File: f.Name, Command: c))).ToList();
        var loaded = commands.Count(c => c.Command.Type is "assert_invalid" or "assert_malformed");
        var skipped = commands.Count(c => SuiteLists.Skipped(c.Command) is not null);
        var run = commands.Where(c => SuiteLists.Skipped(c.Command) is null && c.Command.Type is not ("assert_invalid" or "assert_malformed")).GroupBy(c => c.Command.Type);
        Console.WriteLine($"[suite] {commands.Count} commands: {loaded} only load, {skipped} skipped, {SuiteLists.Unsupported.Count} unsupported");
        Console.WriteLine($"[suite] run on every back end: {string.Join(", ", run.OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Count()}"))}");

        // What the lists name has to exist, else a line of them hides nothing and should go.
        Assert.All(SuiteLists.Unsupported.Keys, k => Assert.Contains(commands, c => k == c.File || k == $"{c.File}:{c.Command.Line}"));
        Assert.Empty(SuiteLists.Unsupported);
        Assert.All(commands, c => Assert.True(c.Command.ModuleType != "text" || SuiteLists.Skipped(c.Command) is not null));
    }

    /// <summary>A theory over the suite; reported as skipped where it is absent.</summary>
    private sealed class SuiteTheoryAttribute : TheoryAttribute
    {
        public SuiteTheoryAttribute() => Skip = new SharedDataFactAttribute(SuiteFile.Marker).Skip;
    }
}
