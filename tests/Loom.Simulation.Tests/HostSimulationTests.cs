using System.Diagnostics;
using Loom.Runtime;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Simulation.Tests;

/// <summary>Whole hosts under faults: no acknowledged command lost, none done twice, chains whole, money conserved.</summary>
public sealed class HostSimulationTests(ITestOutputHelper output)
{
    private static readonly string[] AllFaults =
    [
        "append conflicts", "append fails after it is durable", "append fails before it is durable", "append is slow",
        "append lands after the host gave up", "clock jump", "conflict storm", "host crash", "host restart", "lease lost",
        "lease lost unnoticed: two owners", "lease store flushed", "read fails", "state files lost", "subscription breaks",
    ];

    [Fact]
    public void The_same_seed_is_the_same_run_to_the_last_step()
    {
        var seed = Seeds.First("host simulation, same seed");
        var (first, second, other) = (Simulation.Run(seed), Simulation.Run(seed), Simulation.Run(seed + 1));
        Assert.Equal(first.Trace, second.Trace);
        Assert.Equal(first.Faults, second.Faults);
        Assert.NotEqual(first.Trace, other.Trace);
    }

    [Fact]
    public void No_fault_loses_repeats_or_tears_anything()
    {
        var first = Seeds.First("host simulation");
        var count = Tier.Count(ci: 100, @long: 10_000);
        var faults = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (operations, acknowledged, crashes, transitions) = (0L, 0L, 0L, 0L);
        var watch = Stopwatch.StartNew();
        for (var seed = first; seed < first + count; seed++)
        {
            SimulationReport report;
            try
            {
                report = Simulation.Run(seed);
            }
            catch (Exception e)
            {
                throw new InvariantException($"LOOM_SEED={seed} LOOM_COUNT=1: {e.Message}\n{e}");
            }

            operations += report.Operations;
            acknowledged += report.Acknowledged;
            crashes += report.Crashes;
            transitions += report.Transitions;
            foreach (var (fault, times) in report.Faults)
            {
                faults[fault] = faults.GetValueOrDefault(fault) + times;
            }
        }

        var summary = $"{count} seeds from {first}: {operations} operations, {acknowledged} acknowledged, {transitions} transitions, {crashes} crashes, {watch.Elapsed.TotalSeconds:0} s\n"
            + string.Join('\n', faults.Select(f => $"  {f.Value,7} {f.Key}"));
        output.WriteLine(summary);
        Console.WriteLine(summary);
        if (count >= 50)
        {
            Assert.Equal(AllFaults, faults.Keys); // a fault that never fired tested nothing
        }
    }

    [Theory]
    [InlineData(nameof(PlantedBug.DropExpectedRevision))]
    [InlineData(nameof(PlantedBug.AcknowledgeEarly))]
    [InlineData(nameof(PlantedBug.ApplyDuplicate))]
    [InlineData(nameof(PlantedBug.ReuseFence))]
    [InlineData(nameof(PlantedBug.LoseCursor))]
    public void A_planted_bug_is_found_within_a_thousand_seeds(string bug)
    {
        var first = Seeds.First($"planted {bug}");
        for (var seed = first; seed < first + 1000; seed++)
        {
            try
            {
                Simulation.Run(seed, Enum.Parse<PlantedBug>(bug));
            }
            catch (InvariantException e)
            {
                output.WriteLine($"{bug}: found at seed {seed} ({seed - first + 1}.): {e.Message}");
                return;
            }
        }

        Assert.Fail($"{bug} was not found in 1,000 seeds from {first}");
    }
}
