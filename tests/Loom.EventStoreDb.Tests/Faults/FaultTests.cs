using Loom.Journal;
using Loom.Testing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>
/// Connections that are reset, truncated, half closed, paused, swallowed and slowed anywhere, within headers too, and servers that end and come
/// back, during appends, reads and subscriptions. And mistakes that must not go unnoticed under the same faults.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int SeedsForAMistake = 100;

    [Fact]
    public async Task Outcomes_are_true_and_followers_miss_and_repeat_nothing_whatever_connections_do()
    {
        var run = SeedRun.Start("connection faults", Tier.Count(ci: 12, @long: 2_000));
        await RunAsync(run, Tier.IsLong ? 8 : 3, s => new FaultRun(s)); // a seed mostly waits
        if (run.Count >= 100)
        {
            Assert.All(
                ["Reset", "Truncate", "HalfClose", "Pause", "Swallow", "Dribble", "Reset in headers", "Truncate in headers", "unknown outcomes", "restarts", "subscriptions left"],
                what => Assert.True(run.Counts.GetValueOrDefault(what) > 0, $"'{what}' never happened"));
        }
    }

    [Fact]
    public async Task Outcomes_are_true_and_followers_miss_and_repeat_nothing_when_the_process_is_killed()
    {
        var run = SeedRun.Start("killed server", Tier.Count(ci: 1, @long: 60)); // some 3.6 kills each
        await RunAsync(run, 2, s => new FaultRun(s, killed: new KilledProcess(AnswersEarly: false)));
        Assert.True(run.Counts["kills"] >= run.Count, "nothing was killed");
    }

    [Fact]
    public Task A_process_that_answers_before_it_writes_is_found() =>
        FoundAsync("answers early", s => new FaultRun(s, killed: new KilledProcess(AnswersEarly: true)));

    private async Task RunAsync(SeedRun run, int atOnce, Func<int, FaultRun> with)
    {
        foreach (var seed in run.Left)
        {
            var seeds = Enumerable.Range(seed, Math.Min(atOnce, run.First + run.Count - seed));
            foreach (var counts in await Task.WhenAll(seeds.Select(s => Task.Run(() => with(s).RunAsync().WaitAsync(TimeSpan.FromMinutes(10))))))
            {
                run.Finish(counts);
            }
        }

        output.WriteLine(run.Summary());
        Console.WriteLine(run.Summary());
    }

    [Fact]
    public Task A_server_that_knows_no_repeats_is_found() => FoundAsync("knows no repeats", s => new FaultRun(s, served: j => new KnowsNoRepeats(j)));

    [Fact]
    public Task A_caller_that_retries_with_new_ids_is_found() => FoundAsync("new ids", s => new FaultRun(s, impatience: j => new RetriesWithNewIds(j)));

    [Fact]
    public Task A_success_told_before_the_answer_is_found() => FoundAsync("guesses success", s => new FaultRun(s, impatience: j => new Guesses(j, success: true)));

    [Fact]
    public Task A_failure_told_for_an_unknown_outcome_is_found() => FoundAsync("guesses conflict", s => new FaultRun(s, impatience: j => new Guesses(j, success: false)));

    [Fact]
    public Task A_subscription_that_goes_on_one_event_too_late_is_found() =>
        FoundAsync("too late", s => new FaultRun(s, served: j => new ResumesBeside(j, tooLate: true), leaves: false));

    [Fact]
    public Task A_subscription_that_goes_on_one_event_too_early_is_found() =>
        FoundAsync("too early", s => new FaultRun(s, served: j => new ResumesBeside(j, tooLate: false), leaves: false));

    private async Task FoundAsync(string mistake, Func<int, FaultRun> with)
    {
        var seed = Seeds.First(mistake);
        for (var n = 1; n <= SeedsForAMistake; n++)
        {
            try
            {
                await with(seed + n).RunAsync().WaitAsync(TimeSpan.FromMinutes(10));
            }
            catch (XunitException e)
            {
                output.WriteLine($"{mistake}: found by seed {n}: {e.Message}");
                Console.WriteLine($"[{mistake}] found by seed {n}: {e.Message}");
                return;
            }
        }

        Assert.Fail($"{mistake}: {SeedsForAMistake} seeds did not find it");
    }
}
