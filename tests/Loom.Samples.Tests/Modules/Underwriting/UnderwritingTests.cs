using System.Globalization;
using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Testing;
using Loom.Wasm;
using Xunit.Abstractions;

namespace Loom.Samples.Tests.Modules.Underwriting;

/// <summary>The underwriting module against its oracle, on random applications from the first word to the last.</summary>
public sealed class UnderwritingTests(ITestOutputHelper output)
{
    private const int Steps = 30;

    private static readonly string[] Answers =
    [
        "accepted", "already-applied", "amount-out-of-range", "approved", "closed", "decided", "declined", "document-missing", "document-stale", "no-application", "no-offer",
        "no-override", "no-score", "not-decided", "not-the-applicant", "not-yet", "open", "override-pending", "own-application", "rate-out-of-range", "referred", "role-missing",
        "same-person", "same-verdict", "score-final", "term-out-of-range", "withdrawn",
    ];

    [Fact]
    public void Random_applications_are_decided_as_the_oracle_says()
    {
        var run = SeedRun.Start("underwriting", Tier.Count(ci: 400, @long: 50_000));
        foreach (var seed in run.Left)
        {
            var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var (command, _, _, expected, answer) in Walk(seed))
            {
                var said = Said(answer);
                Assert.True(expected == said, $"seed {seed}: {command.Type} {Encoding.UTF8.GetString(command.Body)} by {command.Principal}\n  expected {expected}\n  answered {said}");
                var what = said.Split(':')[0];
                counts[what] = counts.GetValueOrDefault(what) + 1;
            }

            run.Finish(counts);
        }

        output.WriteLine(run.Summary());
        Assert.Equal(Answers, run.Counts.Keys); // every answer that there is was given
    }

    [ProverFact]
    public void The_prover_runs_it_as_the_host_does() =>
        Agreement.Check("underwriting", [.. Enumerable.Range(Seeds.First("underwriting at the prover"), Tier.Count(ci: 4, @long: 200)).SelectMany(Walk).Select(s => s.Input)]);

    private static IEnumerable<(LoanCommand Command, byte[] State, byte[] Input, string Expected, ModuleAnswer Answer)> Walk(int seed)
    {
        var random = new Random(seed);
        var module = PinnedModule.Of("underwriting").Machine;
        var oracle = new LoanOracle();
        byte[] state = [];
        for (var i = 0; i < Steps; i++)
        {
            var command = LoanCommand.Next(oracle.Status, random);
            var at = Timestamp.Parse(command.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T12:00:00.000000Z");
            var context = new MachineContext("loan-1", at, $"c{i}", command.Type, command.Principal, i, command.Roles);
            var answer = module.Decide(context, state, command.Body);
            yield return (command, state, Frames.Encode(state, command.Body, context.ToCanonicalJson()), oracle.Answer(command), answer);
            state = answer.Accepted ? answer.State : state;
        }
    }

    // In the oracle's words.
    private static string Said(ModuleAnswer answer)
    {
        using var state = JsonDocument.Parse(answer.State);
        if (!answer.Accepted)
        {
            return Text(state.RootElement, "code");
        }

        using var events = JsonDocument.Parse(answer.Events);
        return $"{Text(state.RootElement, "status")}: {string.Join(", ", events.RootElement.EnumerateArray().Select(e => Said(Text(e, "type"), e.GetProperty("data"))))}";
    }

    private static string Said(string type, JsonElement data) => type switch
    {
        "finding.v1" => $"{type} {Text(data, "rule")} {Text(data, "measured")} {Text(data, "limit")} {Text(data, "verdict")}",
        "decided.v1" => $"{type} {Text(data, "band")} {data.GetProperty("debtToIncome")} {Text(data, "instalment")} {data.GetProperty("loanToValue")} {Text(data, "verdict")}",
        "override-proposed.v1" or "override-confirmed.v1" => $"{type} {Text(data, "verdict")}",
        _ => type,
    };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
