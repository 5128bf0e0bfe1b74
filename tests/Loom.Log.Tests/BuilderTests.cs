using Loom.Core;
using Loom.Journal;
using Loom.Journal.Log;
using Loom.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Loom.Log.Tests;

public sealed class BuilderTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Links_become_leaves_and_prove_their_inclusion_and_other_events_do_not()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using var log = await fixture.OpenLogAsync();
        var a = await fixture.AppendAsync("account-a");
        var b = await fixture.AppendAsync("account-b", events: 3);
        var b2 = await fixture.AppendAsync("account-b", events: 2);
        var plain = new EventData(Guid.NewGuid(), "noted", EventData.Json, "{}"u8.ToArray(), "{}"u8.ToArray());
        await fixture.Journal.AppendAsync(StreamName.Parse("account-plain"), ExpectedRevision.NoStream, [plain], default);
        await fixture.Journal.AppendAsync(StreamName.Parse("other"), ExpectedRevision.NoStream, [plain with { Id = Guid.NewGuid() }], default);

        var flushed = await log.FlushAsync(default);
        Assert.Equal(4, flushed.Size); // and the registration of the key
        foreach (var (link, revision) in new[] { (a, 0L), (b, 0L), (b, 2L), (b2, 3L), (b2, 4L) })
        {
            var index = log.IndexOf(link.Stream, revision)!.Value;
            Assert.True(Merkle.VerifyInclusion(Merkle.LeafHash(link.Hash), index, flushed.Size, log.InclusionProof(index, flushed.Size), flushed.Root));
        }

        Assert.Null(log.IndexOf(b.Stream, 5));
        Assert.Null(log.IndexOf(StreamName.Parse("account-plain"), 0));
        Assert.Empty(log.Health.Findings);
        Assert.Equal(flushed.Note.Format(), (await log.CheckpointAtAsync(flushed.Size, default))!.Format());
        await fixture.RequireOneLogAsync(log);
    }

    [Fact]
    public async Task A_builder_stopped_anywhere_leaves_one_log_with_consistent_checkpoints()
    {
        await RunSeedsAsync(SeedRun.Start("log builder stopped anywhere", Tier.Count(ci: 30, @long: 500)), builders: 1);
    }

    [Fact]
    public async Task Two_builders_at_once_leave_one_log()
    {
        await RunSeedsAsync(SeedRun.Start("two log builders", Tier.Count(ci: 15, @long: 250)), builders: 2);
    }

    [Fact]
    public async Task A_journal_that_was_copied_in_another_order_keeps_its_leaves_and_goes_on()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using (var log = await fixture.OpenLogAsync())
        {
            await fixture.AppendAsync("account-a");
            await fixture.AppendAsync("account-b");
            await fixture.AppendAsync("account-a");
            await log.FlushAsync(default);
        }

        await using var copy = await LogFixture.StartAsync();
        foreach (var stream in new[] { "loom.checkpoints", "account-b", "account-a", "loom.log", "loom.keys" })
        {
            await foreach (var e in fixture.Journal.ReadStreamAsync(StreamName.Parse(stream), Direction.Forwards, 0, long.MaxValue, default))
            {
                await copy.Journal.AppendAsync(
                    e.Stream, ExpectedRevision.After(e.Revision - 1), [new EventData(e.Id, e.Type, e.ContentType, e.Data, e.Metadata)], default);
            }
        }

        await using var moved = await copy.OpenLogAsync(o => o with { Signer = fixture.Signer });
        await copy.AppendAsync("account-c");
        var flushed = await moved.FlushAsync(default);
        Assert.Equal(5, flushed.Size);
        Assert.Empty(moved.Health.Findings);
        await copy.RequireOneLogAsync(moved, fixture.Signer);
    }

    [Fact]
    public async Task A_follower_sees_what_is_built_and_cannot_sign()
    {
        await using var fixture = await LogFixture.StartAsync();
        await using var log = await fixture.OpenLogAsync();
        await fixture.AppendAsync("account-a");
        var flushed = await log.FlushAsync(default);
        await using var follower = await fixture.OpenLogAsync(o => o with { Signer = null });
        Assert.Equal(flushed.Size, follower.Size);
        Assert.Equal(flushed.Note.Format(), follower.LatestCheckpoint!.Format());
        await Assert.ThrowsAsync<JournalException>(() => follower.FlushAsync(default));
    }

    private async Task RunSeedsAsync(SeedRun run, int builders)
    {
        foreach (var seed in run.Left)
        {
            try
            {
                run.Finish(await StopAnywhereAsync(new Random(seed), builders));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"LOOM_SEED={seed} fails: {e.Message}", e);
            }
        }

        output.WriteLine(run.Summary());
    }

    private static async Task<Dictionary<string, long>> StopAnywhereAsync(Random random, int builders)
    {
        var appends = 0;
        await using var fixture = await LogFixture.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            using var stop = new CancellationTokenSource();
            var running = new List<Task>();
            for (var i = 0; i < builders; i++)
            {
                var log = await fixture.OpenLogAsync();
                running.Add(Task.Run(() => log.RunAsync(stop.Token)));
            }

            for (var i = random.Next(5, 40); i > 0; i--)
            {
                await fixture.AppendAsync($"account-{random.Next(4)}", random.Next(1, 4));
                appends++;
                if (random.Next(8) == 0)
                {
                    await Task.Yield();
                }
            }

            await stop.CancelAsync();
            await Task.WhenAll(running);
        }

        await using var last = await fixture.OpenLogAsync();
        await last.FlushAsync(default);
        Assert.Empty(last.Health.Findings);
        var checkpoints = await fixture.RequireOneLogAsync(last);
        return new() { ["builders stopped"] = 3 * builders, ["transitions"] = appends, ["leaves"] = last.Size, ["checkpoints"] = checkpoints };
    }
}
