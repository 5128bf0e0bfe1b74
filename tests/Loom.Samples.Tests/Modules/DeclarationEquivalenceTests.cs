using System.Text;
using Loom.Core;
using Loom.Runtime.Import;
using Loom.Samples.ExpenseDeclarations;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Samples.Tests.Modules;

/// <summary>The declaration module against the C# machine, byte for byte: state, events and rejections of every step.</summary>
public sealed class DeclarationEquivalenceTests(ITestOutputHelper output)
{
    private const string Domestic = "data/bpic2020/DomesticDeclarations.xes.gz";
    private const string International = "data/bpic2020/InternationalDeclarations.xes.gz";
    private const int DomesticCases = 10_357;
    private const int InternationalCases = 6_323;

    private static readonly DeclarationMachine Machine = new();
    private readonly ModuleMachine _module = PinnedModule.Of("expense-declaration").Machine;

    [SharedDataFact(Domestic)]
    public Task Real_domestic_cases_give_the_same_bytes() => CompareAsync(Domestic, DomesticCases);

    [SharedDataFact(International)]
    public Task Real_international_cases_give_the_same_bytes() => CompareAsync(International, InternationalCases);

    [Fact]
    public void Random_walks_give_the_same_bytes()
    {
        var run = SeedRun.Start("declaration module walks", Tier.Count(ci: 100, @long: 20_000));
        foreach (var seed in run.Left)
        {
            var walk = new DeclarationWalk(new Random(seed));
            var actor = new Twin(_module, Machine, "declaration-1", $"seed {seed}");
            for (var i = 0; i < 40; i++)
            {
                var (command, body, principal, roles, at) = walk.Next();
                actor.Send(command, CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(body)), principal, roles, at);
            }

            run.Finish(actor.Counts);
        }

        output.WriteLine(run.Summary());
        Assert.True(run.Counts["accepted"] > run.Count, "Hardly any step is accepted: the walks do not get far.");
    }

    private async Task CompareAsync(string path, int cases)
    {
        var name = Path.GetFileName(path);
        var count = Math.Min(Tier.Count(ci: 200, @long: cases), cases);
        var random = new Random(Seeds.First($"declaration module, {name}"));
        var chosen = count == cases ? null : Enumerable.Range(0, cases).OrderBy(_ => random.Next()).Take(count).ToHashSet();
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var (index, compared) = (0, 0);
        await using var stream = File.OpenRead(Path.Combine(TestData.Shared!, path));
        await foreach (var trace in XesReader.ReadAsync(stream, new XesOptions(), CancellationToken.None))
        {
            if (chosen?.Contains(index++) == false)
            {
                continue;
            }

            compared++;
            foreach (var fourEyes in (string[])["off", "on"])
            {
                foreach (var (what, times) in Replay(trace, new Dictionary<string, string> { ["fourEyes"] = fourEyes }))
                {
                    counts[$"{what}, four eyes {fourEyes}"] = counts.GetValueOrDefault($"{what}, four eyes {fourEyes}") + times;
                }
            }
        }

        Assert.Equal(count, compared);
        var line = $"[declaration module] {name}: {compared} cases, {string.Join(", ", counts.Select(c => $"{c.Value} {c.Key}"))}: the same bytes";
        output.WriteLine(line);
        Console.WriteLine(line);
    }

    private SortedDictionary<string, long> Replay(XesTrace trace, Dictionary<string, string> settings)
    {
        var first = trace.Steps[0].Step;
        var actor = new Twin(_module, Machine, $"declaration-{XesMapping.Instance.ActorIdOf(first.Case)}", trace.Name);
        Send(XesMapping.Instance.Open(first, settings)!);
        foreach (var (step, _) in trace.Steps)
        {
            Send(XesMapping.Instance.Map(step)!);
        }

        return actor.Counts;

        void Send(MappedCommand command) => actor.Send(command.Type, command.Body, command.Principal, command.Roles, actor.Now);
    }
}
