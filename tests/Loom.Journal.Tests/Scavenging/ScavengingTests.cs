using Loom.Core;

namespace Loom.Journal.Tests.Scavenging;

/// <summary>What goes, what stays, and that nothing else changes.</summary>
public sealed class ScavengingTests : ScavengingTestBase
{
    [Fact]
    public async Task What_nobody_can_see_goes_and_the_newest_event_of_every_stream_stays()
    {
        await using var journal = await OpenSmallAsync();
        foreach (var stream in new[] { "kept", "dead", "gone", "cut", "few" })
        {
            await AppendAsync(journal, stream, 6);
        }

        await journal.TombstoneAsync(Name("dead"), ExpectedRevision.Any, None);
        await journal.DeleteAsync(Name("gone"), ExpectedRevision.Any, None);
        await MetadataAsync(journal, "cut", new StreamMetadata { TruncateBefore = 4 });
        await MetadataAsync(journal, "few", new StreamMetadata { MaxCount = 5 });
        await MetadataAsync(journal, "few", new StreamMetadata { MaxCount = 2 });
        await RollAsync(journal);
        var before = await AllAsync(journal);

        var report = await journal.ScavengeAsync(new ScavengeRequest(), null, None);

        var after = await AllAsync(journal);
        Assert.Equal(["5"], Revisions(after, "gone"));
        Assert.Equal([$"{long.MaxValue}"], Revisions(after, "dead"));
        Assert.Equal(["4", "5"], Revisions(after, "cut"));
        Assert.Equal(["4", "5"], Revisions(after, "few"));
        Assert.Equal(["0", "1", "2", "3", "4", "5"], Revisions(after, "kept"));
        Assert.Equal(["1"], Revisions(after, "$$few"));
        Assert.Equal(before.Count - after.Count, report.Events);
        Assert.Equal((5 + 6 + 4 + 4 + 1, journal.Durable.Segments.Length - 1), (report.Events, report.Segments));

        // What stayed did not move.
        var old = before.ToDictionary(e => e.Position, Text);
        Assert.All(after, e => Assert.Equal(old[e.Position], Text(e)));
        Assert.Equal(new ScavengeReport(report.Segments, 0, 0, 0, 0), await journal.ScavengeAsync(new ScavengeRequest(), null, None));
    }

    [Fact]
    public async Task Revisions_go_on_and_a_deleted_stream_comes_back()
    {
        await using var journal = await OpenSmallAsync();
        await AppendAsync(journal, "gone", 5);
        await journal.DeleteAsync(Name("gone"), ExpectedRevision.Any, None);
        await RollAsync(journal);
        Assert.True((await journal.ScavengeAsync(new ScavengeRequest(), null, None)).Events > 0);
        Assert.Equal(-1, await journal.LastRevisionAsync(Name("gone"), None));
        var back = Assert.IsType<AppendResult.Appended>(await journal.AppendAsync(Name("gone"), ExpectedRevision.NoStream, [Event()], None));
        Assert.Equal(5, back.LastRevision);
        Assert.Equal(["5"], (await ReadAsync(journal, "gone")).Select(e => $"{e.Revision}"));
    }

    [Fact]
    public async Task Events_that_are_too_old_go_and_younger_ones_stay()
    {
        await using var journal = await OpenSmallAsync();
        await MetadataAsync(journal, "aged", new StreamMetadata { MaxAgeSeconds = 60 });
        await AppendAsync(journal, "aged", 3);
        Clock.Advance(TimeSpan.FromSeconds(50));
        await AppendAsync(journal, "aged", 3);
        Clock.Advance(TimeSpan.FromSeconds(20));
        await RollAsync(journal);
        await journal.ScavengeAsync(new ScavengeRequest(), null, None);
        Assert.Equal(["3", "4", "5"], Revisions(await AllAsync(journal), "aged"));
        Clock.Advance(TimeSpan.FromSeconds(60));
        await journal.ScavengeAsync(new ScavengeRequest(), null, None);
        Assert.Equal(["5"], Revisions(await AllAsync(journal), "aged"));
    }

    [Fact]
    public async Task An_append_goes_as_a_whole_or_stays()
    {
        await using var journal = await OpenSmallAsync();
        await journal.AppendAsync(Name("cut"), ExpectedRevision.NoStream, [Event(), Event(), Event()], None);
        await journal.AppendAsync(Name("cut"), ExpectedRevision.At(2), [Event(), Event()], None);
        await MetadataAsync(journal, "cut", new StreamMetadata { TruncateBefore = 2 });
        await RollAsync(journal);
        Assert.Equal(0, (await journal.ScavengeAsync(new ScavengeRequest(), null, None)).Events);
        await MetadataAsync(journal, "cut", new StreamMetadata { TruncateBefore = 4 });
        await RollAsync(journal);
        await journal.ScavengeAsync(new ScavengeRequest(), null, None);
        Assert.Equal(["3", "4"], Revisions(await AllAsync(journal), "cut"));
    }

    [Fact]
    public async Task Of_a_subscriptions_place_only_the_newest_stays()
    {
        await using var journal = await OpenSmallAsync();
        await AppendAsync(journal, "loom.cursors-log", 8);
        await AppendAsync(journal, "loom.log", 8);
        await RollAsync(journal);
        await journal.ScavengeAsync(new ScavengeRequest(), null, None);
        var all = await AllAsync(journal);
        Assert.Equal(["7"], Revisions(all, "loom.cursors-log"));
        Assert.Equal(8, Revisions(all, "loom.log").Count);
    }

    [Fact]
    public async Task Actors_keep_everything_whatever_metadata_was_there_before_their_birth()
    {
        await using (var journal = await OpenSmallAsync())
        {
            foreach (var stream in new[] { "order-1", "registered-1", "deleted-1" })
            {
                await MetadataAsync(journal, stream, stream == "deleted-1" ? StreamMetadata.Empty with { TruncateBefore = long.MaxValue } : new StreamMetadata { TruncateBefore = 100, MaxCount = 1, MaxAgeSeconds = 1 });
                await AppendAsync(journal, stream, 5, linked: stream != "registered-1");
            }

            Clock.Advance(TimeSpan.FromSeconds(100));
            await RollAsync(journal);
        }

        // The type was registered after its stream was written and hidden.
        await using var again = await SegmentedJournal.OpenAsync(Options with { IsActorStream = s => s.Value.StartsWith("registered-", StringComparison.Ordinal) }, None);
        var before = await AllAsync(again);
        await again.ScavengeAsync(new ScavengeRequest(), null, None);
        var after = await AllAsync(again);
        foreach (var stream in new[] { "order-1", "registered-1", "deleted-1" })
        {
            Assert.Equal(5, Revisions(after, stream).Count);
            Assert.Equal(5, (await ReadAsync(again, stream)).Count);
        }

        Assert.Equal(before.Count, after.Count);
    }

    [Fact]
    public async Task No_event_with_a_link_goes_even_where_it_makes_no_actor()
    {
        await using var journal = await OpenSmallAsync();
        await AppendAsync(journal, "late", 2);
        await AppendAsync(journal, "late", 2, linked: true);
        await AppendAsync(journal, "late", 2);
        await journal.TombstoneAsync(Name("late"), ExpectedRevision.Any, None);
        await RollAsync(journal);
        await journal.ScavengeAsync(new ScavengeRequest(), null, None);
        Assert.Equal(["2", "3", $"{long.MaxValue}"], Revisions(await AllAsync(journal), "late"));
    }

    [Fact]
    public async Task The_segment_that_is_being_written_is_left_alone()
    {
        await using var journal = await SegmentedJournal.OpenAsync(Options with { SegmentBytes = 1 << 20 }, None);
        await AppendAsync(journal, "gone", 5);
        await journal.DeleteAsync(Name("gone"), ExpectedRevision.Any, None);
        Assert.Equal(new ScavengeReport(0, 0, 0, 0, 0), await journal.ScavengeAsync(new ScavengeRequest(), null, None));
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_go_and_changes_nothing()
    {
        await using var journal = await OpenSmallAsync();
        await HideSomeAsync(journal);
        var files = Files();
        var dry = await journal.ScavengeAsync(new ScavengeRequest { DryRun = true }, null, None);
        Assert.Equal(files, Files());
        var real = await journal.ScavengeAsync(new ScavengeRequest(), null, None);
        Assert.Equal(real, dry);
        Assert.True(real is { Events: > 0, Bytes: > 0, BytesFreed: > 0, WasStopped: false }, $"{real}");
        Assert.NotEqual(files, Files());
    }

    [Fact]
    public async Task Who_was_reading_reads_on()
    {
        await using var journal = await OpenSmallAsync();
        await HideSomeAsync(journal);
        var before = (await AllAsync(journal)).ConvertAll(Text);
        var stream = (await ReadAsync(journal, "kept")).ConvertAll(Text);
        var all = journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, None).GetAsyncEnumerator(None);
        var kept = journal.ReadStreamAsync(Name("kept"), Direction.Forwards, 0, long.MaxValue, None).GetAsyncEnumerator(None);
        Assert.True(await all.MoveNextAsync() && await kept.MoveNextAsync());
        await journal.ScavengeAsync(new ScavengeRequest(), null, None);
        List<string> seen = [Text(all.Current)], keptSeen = [Text(kept.Current)];
        while (await all.MoveNextAsync())
        {
            seen.Add(Text(all.Current));
        }

        while (await kept.MoveNextAsync())
        {
            keptSeen.Add(Text(kept.Current));
        }

        await all.DisposeAsync();
        await kept.DisposeAsync();
        Assert.Equal(stream, keptSeen);

        // It had begun with the first segment as it was, and met the others as they are now.
        Assert.Subset(before.ToHashSet(), seen.ToHashSet());
        Assert.Superset((await AllAsync(journal)).Select(Text).ToHashSet(), seen.ToHashSet());
    }

    [Fact]
    public async Task Reads_from_any_position_in_both_directions_are_as_before_but_for_what_went()
    {
        await using var journal = await OpenSmallAsync();
        await HideSomeAsync(journal);
        var before = await AllAsync(journal);
        await journal.ScavengeAsync(new ScavengeRequest(), null, None);
        var after = await AllAsync(journal);
        foreach (var position in before.SelectMany(e => new[] { e.Position - 1, e.Position, e.Position + 1 }).Distinct())
        {
            Assert.Equal(after.Where(e => e.Position >= position).Select(e => e.Position), await PositionsAsync(journal, Direction.Forwards, position));
            Assert.Equal(after.Where(e => e.Position < position).Select(e => e.Position).Reverse(), await PositionsAsync(journal, Direction.Backwards, position));
        }
    }

    [Fact]
    public async Task A_second_one_at_the_same_time_is_refused_and_a_stopped_one_ends_after_its_segment()
    {
        await using var journal = await OpenSmallAsync();
        await HideSomeAsync(journal);
        using var stop = new CancellationTokenSource();
        JournalException? refused = null;
        var progress = new Handler(() =>
        {
            refused = Assert.Throws<JournalException>(() => { _ = journal.ScavengeAsync(new ScavengeRequest(), null, None); });
            stop.Cancel();
        });
        var report = await journal.ScavengeAsync(new ScavengeRequest(), progress, stop.Token);
        Assert.Equal(JournalFailure.Refused, refused?.Failure);
        Assert.Contains("scavenged already", refused!.Message, StringComparison.Ordinal);
        Assert.Equal((1, true), (report.Segments, report.WasStopped));
        Assert.False((await journal.ScavengeAsync(new ScavengeRequest(), null, None)).WasStopped);
        await Assert.ThrowsAsync<OperationCanceledException>(() => journal.ScavengeAsync(new ScavengeRequest(), null, stop.Token));
    }

    [Fact]
    public async Task Closing_ends_it_and_a_closed_journal_says_so()
    {
        var journal = await OpenSmallAsync();
        await HideSomeAsync(journal);
        Task? closing = null;
        var running = journal.ScavengeAsync(new ScavengeRequest(), new Handler(() => closing = journal.DisposeAsync().AsTask()), None);
        var e = await Assert.ThrowsAsync<JournalException>(() => running);
        Assert.Equal(JournalFailure.Unavailable, e.Failure);
        await closing!;
        Assert.Equal(JournalFailure.Unavailable, (await Assert.ThrowsAsync<JournalException>(() => journal.ScavengeAsync(new ScavengeRequest(), null, None))).Failure);
        Assert.DoesNotContain(Files(), f => f.Contains(".new", StringComparison.Ordinal));
        await using var again = await OpenSmallAsync();
        Assert.NotEmpty(await AllAsync(again));
    }

    [Fact]
    public async Task A_journal_open_for_reading_takes_dry_runs_only()
    {
        await using (var journal = await OpenSmallAsync())
        {
            await HideSomeAsync(journal);
        }

        await using var reading = await SegmentedJournal.OpenAsync(Options with { ReadOnly = true }, None);
        Assert.Equal(JournalFailure.ReadOnly, (await Assert.ThrowsAsync<JournalException>(() => reading.ScavengeAsync(new ScavengeRequest(), null, None))).Failure);
        Assert.True((await reading.ScavengeAsync(new ScavengeRequest { DryRun = true }, null, None)).Events > 0);
    }

    [Fact]
    public async Task Appends_and_deletions_go_on_while_it_runs()
    {
        await using var journal = await OpenSmallAsync();
        using var stop = new CancellationTokenSource();
        var scavenging = Task.Run(async () =>
        {
            var events = 0L;
            while (!stop.IsCancellationRequested)
            {
                events += (await journal.ScavengeAsync(new ScavengeRequest(), null, None)).Events;
            }

            return events;
        });
        var writing = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await AppendAsync(journal, $"kept{w}", 1, linked: true);
                await AppendAsync(journal, $"hidden{w}", 2);
                if (i % 10 == 9)
                {
                    await journal.DeleteAsync(Name($"hidden{w}"), ExpectedRevision.Any, None);
                }

                Assert.Equal(i + 1, (await ReadAsync(journal, $"kept{w}")).Count);
                Assert.Equal(i % 10 == 9 ? 0 : ((i % 10) + 1) * 2, (await ReadAsync(journal, $"hidden{w}")).Count);
            }
        })).ToList();
        await Task.WhenAll(writing);
        await stop.CancelAsync();
        await RollAsync(journal);
        Assert.True(await scavenging + (await journal.ScavengeAsync(new ScavengeRequest(), null, None)).Events > 0);
        var all = await AllAsync(journal);
        for (var w = 0; w < 4; w++)
        {
            Assert.Equal(60, Revisions(all, $"kept{w}").Count);
            Assert.Equal(["119"], Revisions(all, $"hidden{w}"));
        }
    }

    /// <summary>An index shows a record a moment before the journal's end does.</summary>
    [Fact]
    public async Task Metadata_is_read_while_it_is_being_written()
    {
        await using var journal = await SegmentedJournal.OpenAsync(Options with { SegmentBytes = 1 << 20 }, None);
        await AppendAsync(journal, "s", 3);
        using var stop = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal(2, await journal.LastRevisionAsync(Name("s"), None));
            }
        })).ToList();
        for (var i = 0; i < 150; i++)
        {
            await MetadataAsync(journal, "s", new StreamMetadata { MaxCount = 5 });
        }

        await stop.CancelAsync();
        await Task.WhenAll(reading);
    }

    private async Task<List<ulong>> PositionsAsync(SegmentedJournal journal, Direction direction, ulong from)
    {
        var positions = new List<ulong>();
        await foreach (var e in journal.ReadAllAsync(direction, from, long.MaxValue, null, None))
        {
            positions.Add(e.Position);
        }

        return positions;
    }

    /// <summary>Acts at the first word of progress, before anything is done.</summary>
    private sealed class Handler(Action act) : IProgress<JournalProgress>
    {
        private Action? _act = act;

        public void Report(JournalProgress value)
        {
            _act?.Invoke();
            _act = null;
        }
    }
}
