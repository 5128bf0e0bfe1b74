using Loom.Core;

namespace Loom.Runtime.Tests;

public sealed class DirectoryTests
{
    [Fact]
    public async Task Actors_are_found_by_type_label_and_text_newest_change_first()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await using var directory = Create(bench, runtime);
        for (var i = 0; i < 40; i++)
        {
            await bench.Accepted(runtime, $"counter-n{i:00}", "add", $"{{\"by\":{(i % 4 == 0 ? 10 : 1)}}}");
        }

        await bench.Accepted(runtime, "counter-n05", "add", "{\"by\":20}");
        await directory.StartAsync(default);
        await CaughtUp(bench, directory);

        var all = await directory.FindAsync(new DirectoryQuery { Take = 3 }, default);
        Assert.Equal((40, true), (all.Total, all.Lag.CaughtUp));
        Assert.Equal(["counter-n05", "counter-n39", "counter-n38"], all.Entries.Select(e => e.Actor.ToString()));
        Assert.Equal(("many", 1L, 2L), (all.Entries[0].Label, all.Entries[0].Revision, all.Entries[0].Transitions));
        var many = await directory.FindAsync(new DirectoryQuery { Type = "counter", Label = "many", Skip = 1, Take = 2 }, default);
        Assert.Equal(11, many.Total);
        Assert.Equal(["counter-n36", "counter-n32"], many.Entries.Select(e => e.Actor.ToString()));
        Assert.Equal(10, (await directory.FindAsync(new DirectoryQuery { Text = "N1" }, default)).Total);
        Assert.Equal(0, (await directory.FindAsync(new DirectoryQuery { Type = "other" }, default)).Total);
        Assert.Equal([new DirectoryCount("counter", "few", 29), new DirectoryCount("counter", "many", 11)], directory.Counts);
    }

    [Fact]
    public async Task It_goes_on_from_its_file_and_follows_what_comes()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        await using (var directory = Create(bench, runtime))
        {
            await directory.StartAsync(default);
            await CaughtUp(bench, directory);
        }

        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":10}");
        await using var again = Create(bench, runtime);
        await again.StartAsync(default);
        Assert.Equal(1, again.Count);
        await CaughtUp(bench, again);
        Assert.Equal(("many", 2L), (again.Find(ActorId.Parse("counter-a"))!.Label, again.Find(ActorId.Parse("counter-a"))!.Transitions));
        await bench.Accepted(runtime, "counter-b", "add", "{\"by\":1}");
        await bench.Until(() => again.Count == 2);
    }

    [Fact]
    public async Task A_rebuild_gives_the_same_directory()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await using var directory = Create(bench, runtime);
        await directory.StartAsync(default);
        for (var i = 0; i < 50; i++)
        {
            await bench.Accepted(runtime, $"counter-{i % 17}", "add", "{\"by\":2,\"parts\":2}");
        }

        await CaughtUp(bench, directory);
        var before = (await directory.FindAsync(new DirectoryQuery { Take = 100 }, default)).Entries;
        directory.Rebuild();
        await CaughtUp(bench, directory);
        Assert.Equal(before, (await directory.FindAsync(new DirectoryQuery { Take = 100 }, default)).Entries);
        Assert.Equal(17, before.Count);
    }

    [Fact]
    public void A_file_of_a_hundred_thousand_actors_reads_back_and_a_broken_one_is_refused()
    {
        var rows = new DirectoryRows();
        var at = Timestamp.Parse("2026-01-01T00:00:00.000000Z");
        for (var i = 0; i < 100_000; i++)
        {
            rows.Put(new DirectoryEntry(new ActorId("counter", $"{i}"), i % 2 == 0 ? "even" : "odd", i, 1, "counter@1", at, at));
        }

        var bytes = rows.Write(77);
        var (read, position) = DirectoryRows.Read(bytes);
        Assert.Equal(77UL, position);
        Assert.Equal(rows.Find(new DirectoryQuery { Skip = 99_990 }).Entries, read.Find(new DirectoryQuery { Skip = 99_990 }).Entries);
        Assert.Equal(rows.Counts, read.Counts);
        Assert.Equal(10, read.Find(new DirectoryQuery { Text = "9999", Take = 10 }).Entries.Count);
        Assert.Throws<FormatException>(() => DirectoryRows.Read(bytes[..^5]));
        Assert.Throws<FormatException>(() => DirectoryRows.Read([9, 9, 9, 9]));
    }

    private static ActorDirectory Create(Bench bench, ActorRuntime runtime) =>
        new(new ActorRuntimeOptions { Scheduler = bench.Work }, bench.Memory, runtime.Types, bench.Time, null, bench.Files);

    private static async Task CaughtUp(Bench bench, ActorDirectory directory)
    {
        DirectoryLag lag = null!;
        await bench.Until(() =>
        {
            var asked = directory.LagAsync(default);
            lag = asked.IsCompletedSuccessfully ? asked.Result : lag;
            return lag is { CaughtUp: true };
        });
        Assert.Equal((1.0, lag.Head), (lag.Progress, lag.Position));
    }
}
