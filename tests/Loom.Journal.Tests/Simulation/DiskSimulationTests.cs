using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Journal.Tests.Simulation;

public sealed class DiskSimulationTests(ITestOutputHelper output)
{
    private static readonly string[] MustOccur =
    [
        "crash between operations", "crash inside an operation", "write torn", "write lost", "length fell back", "name lost",
        "unsynced name kept", "disk full", "write failed", "file sync failed", "folder sync failed", "read failed", "bit flipped",
        "torn tails cut", "failed fsyncs survived", "flips refused", "flips without effect", "repeated appends", "answers DiskFull", "answers Conflict",
    ];

    [Fact]
    public async Task After_any_crash_what_was_acknowledged_is_there_in_order_once_and_nothing_else()
    {
        var count = Tier.Count(ci: 300, @long: 10_000);
        var run = SeedRun.Start("disk simulation", count);
        foreach (var seed in run.Left)
        {
            var totals = new SimulationTotals();
            await DiskSimulation.RunAsync(seed, PlantedBug.None, totals);
            run.Finish(totals.Counts);
        }

        output.WriteLine(run.Summary());
        if (count >= 300)
        {
            Assert.All(MustOccur, what => Assert.True(run.Counts.GetValueOrDefault(what) > 0, $"'{what}' never occurred in {count} seeds"));
        }
    }

    [Theory]
    [InlineData(nameof(PlantedBug.SkipFsync))]
    [InlineData(nameof(PlantedBug.DropExpectedRevision))]
    [InlineData(nameof(PlantedBug.AcknowledgeEarly))]
    public async Task A_planted_bug_is_found_within_1000_seeds(string bug)
    {
        var planted = Enum.Parse<PlantedBug>(bug);
        var first = Seeds.First($"planted bug {bug}");
        for (var i = 0; i < 1000; i++)
        {
            try
            {
                await DiskSimulation.RunAsync(first + i, planted, new SimulationTotals());
            }
            catch (BrokenPromiseException e)
            {
                output.WriteLine($"[planted bug in the journal: {bug}] found by seed {first + i}, the {i + 1}. tried: {e.Message}");
                return;
            }
        }

        Assert.Fail($"{bug} was not found in 1,000 seeds from {first}");
    }
}
