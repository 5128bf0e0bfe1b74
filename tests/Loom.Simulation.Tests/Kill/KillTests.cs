using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Simulation.Tests.Kill;

/// <summary>kill -9 of the real host at random moments under load.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int KillsOfALife = 20;

    private static readonly string[] MustOccur =
    [
        "killed while starting", "killed before the first answer", "killed under load", "unanswered", "sent again: was done", "sent again: was not done", "rejected by the machine",
    ];

    [Fact]
    public async Task A_killed_host_has_lost_nothing_acknowledged_and_does_nothing_twice()
    {
        var kills = Tier.Count(ci: 5, @long: 1000);
        var each = Math.Min(kills, KillsOfALife);
        var run = SeedRun.Start("kill -9", (kills + each - 1) / each);
        var atOnce = Tier.IsLong ? Math.Clamp(Environment.ProcessorCount, 1, 4) : 1;
        foreach (var seed in run.Left)
        {
            var lives = Enumerable.Range(seed, Math.Min(atOnce, run.First + run.Count - seed)).Select(s => Life.RunAsync(s, each)).ToArray();
            foreach (var counts in await Task.WhenAll(lives))
            {
                run.Finish(counts);
            }
        }

        output.WriteLine(run.Summary());
        Assert.Equal((long)run.Count * each, run.Counts["kills"]);
        if (kills >= 100)
        {
            Assert.All(MustOccur, what => Assert.True(run.Counts.GetValueOrDefault(what) > 0, $"'{what}' never occurred in {kills} kills"));
        }
    }
}
