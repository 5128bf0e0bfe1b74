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
        "activity fails", "activity is slow", "errands completed", "errands given up", "errands done more than once",
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
        var count = Tier.Count(ci: 100, @long: 10_000);
        var run = SeedRun.Start("host simulation", count);
        foreach (var seed in run.Left)
        {
            try
            {
                run.Finish(Simulation.Run(seed).Counts);
            }
            catch (Exception e)
            {
                throw new InvariantException($"LOOM_SEED={seed} LOOM_COUNT=1: {e.Message}\n{e}");
            }
        }

        output.WriteLine(run.Summary());
        if (count >= 50)
        {
            // A fault that never fired tested nothing.
            Assert.All(AllFaults, fault => Assert.True(run.Counts.GetValueOrDefault(fault) > 0, $"'{fault}' never fired in {count} seeds"));
        }
    }

    [Theory]
    [InlineData(nameof(PlantedBug.DropExpectedRevision))]
    [InlineData(nameof(PlantedBug.AcknowledgeEarly))]
    [InlineData(nameof(PlantedBug.ApplyDuplicate))]
    [InlineData(nameof(PlantedBug.ReuseFence))]
    [InlineData(nameof(PlantedBug.LoseCursor))]
    [InlineData(nameof(PlantedBug.ForgetOutcomes))]
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
                output.WriteLine($"[planted bug in the runtime: {bug}] found by seed {seed}, the {seed - first + 1}. tried: {e.Message}");
                return;
            }
        }

        Assert.Fail($"{bug} was not found in 1,000 seeds from {first}");
    }
}
