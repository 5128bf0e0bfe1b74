using Loom.Contracts;
using Loom.Core;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Journal.Tests.Simulation;

public sealed class StreamSimulationTests(ITestOutputHelper output)
{
    private static readonly string[] MustOccur =
    [
        "crash between operations", "crash inside an operation", "write torn", "name lost", "unsynced name kept", "disk full", "write failed",
        "file sync failed", "folder sync failed", "scavenges", "events scavenged", "scavenges that failed", "unknown outcomes that were written",
    ];

    [Fact]
    public async Task Deletions_metadata_comebacks_and_scavenges_survive_any_crash_and_actors_lose_nothing()
    {
        var count = Tier.Count(ci: 200, @long: 10_000);
        var run = SeedRun.Start("stream simulation", count);
        foreach (var seed in run.Left)
        {
            var totals = new SimulationTotals();
            await StreamSimulation.RunAsync(seed, StreamMistake.None, totals);
            run.Finish(totals.Counts);
        }

        output.WriteLine(run.Summary());
        if (count >= 200)
        {
            Assert.All(MustOccur, what => Assert.True(run.Counts.GetValueOrDefault(what) > 0, $"'{what}' never occurred in {count} seeds"));
        }
    }

    [Theory]
    [InlineData(nameof(StreamMistake.RegistrationUnseen))]
    [InlineData(nameof(StreamMistake.ScavengerBlind))]
    [InlineData(nameof(StreamMistake.NamedBeforeSafe))]
    [InlineData(nameof(StreamMistake.SkippedSync))]
    public async Task A_planted_mistake_is_found_within_1000_seeds(string mistake)
    {
        var planted = Enum.Parse<StreamMistake>(mistake);
        var first = Seeds.First($"planted {mistake}");
        for (var i = 0; i < 1000; i++)
        {
            try
            {
                await StreamSimulation.RunAsync(first + i, planted, new SimulationTotals());
            }
            catch (BrokenPromiseException e)
            {
                output.WriteLine($"[planted mistake: {mistake}] found by seed {first + i}, the {i + 1}. tried: {e.Message}");
                return;
            }
        }

        Assert.Fail($"{mistake} was not found in 1,000 seeds from {first}");
    }

    /// <summary>Not by chance: the machine stops at the first disk operation of a scavenge, at the second, and so on to the last.</summary>
    [Fact]
    public async Task A_scavenge_that_is_killed_at_any_disk_operation_leaves_every_segment_whole()
    {
        var random = new Random(1);
        for (var at = 0; ; at++)
        {
            var disk = new SimulatedDisk(random);
            var options = new SegmentedJournalOptions { Directory = "/journal", Disk = disk, SegmentBytes = 600, ManualWriter = true, RecentBytes = 0 };
            var journal = await SegmentedJournal.OpenAsync(options, CancellationToken.None);
            for (var i = 0; i < 12; i++)
            {
                await PumpAsync(journal, journal.AppendAsync(StreamName.Parse("gone"), ExpectedRevision.Any, [Event(), Event()], CancellationToken.None));
                await PumpAsync(journal, journal.AppendAsync(StreamName.Parse("kept"), ExpectedRevision.Any, [Event()], CancellationToken.None));
            }

            await PumpAsync(journal, journal.DeleteAsync(StreamName.Parse("gone"), ExpectedRevision.Any, CancellationToken.None));
            var before = await AllAsync(journal);
            disk.CrashIn(at);
            var failed = await Record.ExceptionAsync(() => journal.ScavengeAsync(new ScavengeRequest(), null, CancellationToken.None));
            var wasKilled = disk.HasCrashed;
            Assert.Equal(wasKilled, failed is JournalException { Failure: JournalFailure.Unavailable });
            journal.Abandon();
            disk.Restart();

            journal = await SegmentedJournal.OpenAsync(options, CancellationToken.None);
            Assert.DoesNotContain(disk.Paths, p => p.EndsWith(".new", StringComparison.Ordinal));
            var half = await AllAsync(journal);
            Assert.Superset(half.ToHashSet(), before.ToHashSet());
            Assert.Equal(before.Where(e => e.StartsWith("kept", StringComparison.Ordinal)), half.Where(e => e.StartsWith("kept", StringComparison.Ordinal)));
            await journal.ScavengeAsync(new ScavengeRequest(), null, CancellationToken.None);
            var after = await AllAsync(journal);
            Assert.Equal(["gone 23"], after.Where(e => e.StartsWith("gone", StringComparison.Ordinal)).Select(e => e[..7]).TakeLast(1));
            Assert.Equal(0, (await journal.ScavengeAsync(new ScavengeRequest(), null, CancellationToken.None)).Events);
            await journal.DisposeAsync();
            if (!wasKilled)
            {
                Assert.True(at > 20, $"only {at} disk operations were tried");
                output.WriteLine($"{at} disk operations");
                return;
            }
        }
    }

    /// <summary>Metadata and events of a comeback are two records of one write: whatever part of it the disk kept, the stream is back or still deleted.</summary>
    [Fact]
    public async Task A_comeback_that_a_crash_cuts_in_two_never_was()
    {
        var stream = StreamName.Parse("back");
        var cut = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            var disk = new SimulatedDisk(new Random(seed));
            var options = new SegmentedJournalOptions { Directory = "/journal", Disk = disk, ManualWriter = true, RecentBytes = 0 };
            var journal = await SegmentedJournal.OpenAsync(options, CancellationToken.None);
            await PumpAsync(journal, journal.AppendAsync(stream, ExpectedRevision.NoStream, [Event(), Event()], CancellationToken.None));
            await PumpAsync(journal, journal.DeleteAsync(stream, ExpectedRevision.Any, CancellationToken.None));
            disk.CrashIn(seed % 8);
            var back = new EventData(Guid.NewGuid(), "t", EventData.Binary, new byte[700], default);
            await Record.ExceptionAsync(() => PumpAsync(journal, journal.AppendAsync(stream, ExpectedRevision.NoStream, [back], CancellationToken.None)));
            journal.Abandon();
            disk.Restart();

            journal = await SegmentedJournal.OpenAsync(options, CancellationToken.None);
            var all = await AllAsync(journal);
            var isBack = all.Exists(e => e.Contains(back.Id.ToString(), StringComparison.Ordinal));
            Assert.Equal(isBack ? 2 : -1, await journal.LastRevisionAsync(stream, CancellationToken.None));
            if (!isBack && all.Exists(e => e.StartsWith("$$back 1 ", StringComparison.Ordinal)))
            {
                cut++;
                await PumpAsync(journal, journal.AppendAsync(stream, ExpectedRevision.NoStream, [back], CancellationToken.None));
                Assert.Equal(2, await journal.LastRevisionAsync(stream, CancellationToken.None));
                Assert.Equal(2, (await journal.ReadMetadataAsync(stream, CancellationToken.None)).TruncateBefore);
            }

            await journal.DisposeAsync();
        }

        Assert.True(cut > 0, "no comeback was cut in two");
        output.WriteLine($"{cut} comebacks were cut in two");
    }

    private static EventData Event() => new(Guid.NewGuid(), "t", EventData.Json, "{}"u8.ToArray(), default);

    private static async Task PumpAsync(SegmentedJournal journal, Task request)
    {
        while (journal.RunGroup())
        {
        }

        await request;
    }

    private static async Task<List<string>> AllAsync(SegmentedJournal journal)
    {
        var all = new List<string>();
        await foreach (var e in journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, CancellationToken.None))
        {
            all.Add($"{e.Stream} {e.Revision} {e.Position} {e.Id}");
        }

        return all;
    }
}
