using System.IO.Compression;
using System.Xml;
using Loom.Core;
using Loom.Runtime.Import;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Samples.Tests.ExpenseDeclarations;

/// <summary>The two public logs, whole, straight through the machine; counts are compared with a plain XML reader's.</summary>
public sealed class RealLogTests(ITestOutputHelper output)
{
    private const string Domestic = "data/bpic2020/DomesticDeclarations.xes.gz";
    private const string International = "data/bpic2020/InternationalDeclarations.xes.gz";

    [SharedDataFact(Domestic)]
    public async Task Domestic_declarations_are_read_whole_and_nearly_all_steps_accepted()
    {
        var counts = await RunAsync(Domestic, cases: 10_357, steps: 55_628);
        Assert.Equal(11_371, counts["Declaration SUBMITTED by EMPLOYEE"].Total);
        Assert.Equal(9_914, counts["Request Payment"].Total);
        Assert.Equal(9_912, counts["Payment Handled"].Total);
    }

    [SharedDataFact(International)]
    public Task International_declarations_are_read_whole_and_nearly_all_steps_accepted() =>
        RunAsync(International, cases: 6_323, steps: 70_727);

    [SharedDataFact(Domestic)]
    public Task Twenty_domestic_cases_fare_as_the_rule_page_says() => TwentyAsync(Domestic);

    [SharedDataFact(International)]
    public Task Twenty_international_cases_fare_as_the_rule_page_says() => TwentyAsync(International);

    private async Task<Dictionary<string, (int Accepted, int Total)>> RunAsync(string path, int cases, int steps)
    {
        var file = Path.Combine(TestData.Shared!, path);
        var plain = PlainCounts(file, out var plainCases);
        Assert.Equal(cases, plainCases);
        Assert.Equal(steps, plain.Values.Sum());

        var counts = new Dictionary<string, (int Accepted, int Total)>(StringComparer.Ordinal);
        var rules = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var read = 0;
        await foreach (var trace in ReadAsync(file))
        {
            read++;
            var actual = new DeclarationCase(trace.Steps[0].Step);
            foreach (var (step, problem) in trace.Steps)
            {
                Assert.Null(problem);
                var outcome = actual.Step(step);
                var (accepted, total) = counts.GetValueOrDefault(step.Activity);
                counts[step.Activity] = (accepted + (outcome is MachineOutcome.Accepted ? 1 : 0), total + 1);
                if (outcome is MachineOutcome.Rejected r)
                {
                    var rule = $"{r.Rejection.Code}: {step.Activity}";
                    rules[rule] = rules.GetValueOrDefault(rule) + 1;
                }
            }
        }

        foreach (var (rule, count) in rules)
        {
            output.WriteLine($"{count,6} {rule}");
        }

        Assert.Equal(cases, read);
        Assert.Equal(plain.OrderBy(p => p.Key, StringComparer.Ordinal), counts.Select(c => KeyValuePair.Create(c.Key, c.Value.Total)).OrderBy(p => p.Key, StringComparer.Ordinal));
        Assert.Equal(steps, counts.Values.Sum(c => c.Accepted) + rules.Values.Sum());
        var share = (double)counts.Values.Sum(c => c.Accepted) / steps;
        output.WriteLine($"{share:P3} accepted");
        Assert.True(share > 0.97, $"Only {share:P2} of the steps are accepted: the rules do not describe this process.");
        return counts;
    }

    private async Task TwentyAsync(string path)
    {
        var seed = Seeds.First($"twenty cases of {Path.GetFileName(path)}");
        var file = Path.Combine(TestData.Shared!, path);
        PlainCounts(file, out var cases);
        var random = new Random(seed);
        var chosen = Enumerable.Range(0, 20).Select(_ => random.Next(cases)).ToHashSet();
        var (index, steps) = (0, 0);
        await foreach (var trace in ReadAsync(file))
        {
            if (!chosen.Contains(index++))
            {
                continue;
            }

            var oracle = new RulebookOracle();
            var actual = new DeclarationCase(trace.Steps[0].Step);
            foreach (var (step, _) in trace.Steps)
            {
                var allowed = oracle.Step(step.Activity);
                var outcome = actual.Step(step);
                Assert.True(
                    allowed == outcome is MachineOutcome.Accepted && oracle.Standing == actual.Standing,
                    $"seed {seed}, {trace.Name} step {step.Index} '{step.Activity}': the page says {(allowed ? "yes" : "no")} → {oracle.Standing}, the machine {outcome} → {actual.Standing}");
                steps++;
            }
        }

        Assert.True(steps >= chosen.Count);
    }

    private static async IAsyncEnumerable<XesTrace> ReadAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        await foreach (var trace in XesReader.ReadAsync(stream, new XesOptions(), CancellationToken.None))
        {
            yield return trace;
        }
    }

    /// <summary>Counts the steps by kind with nothing but the framework's XML reader.</summary>
    private static Dictionary<string, int> PlainCounts(string file, out int cases)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        cases = 0;
        using var xml = XmlReader.Create(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            cases += xml is { LocalName: "trace", Depth: 1 } ? 1 : 0;
            if (xml is { LocalName: "string", Depth: 3 } && xml.GetAttribute("key") == "concept:name")
            {
                var name = xml.GetAttribute("value")!;
                counts[name] = counts.GetValueOrDefault(name) + 1;
            }
        }

        return counts;
    }
}
