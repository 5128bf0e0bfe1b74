using Loom.Core;
using Loom.Host.Tests.Lifetime;
using Loom.Journal;
using Loom.Journal.Log;
using Loom.Testing;

namespace Loom.Host.Tests.EventStore;

/// <summary>
/// Two processes on one served journal, both building its log, one of them killed (SIGKILL) again and again while both are under load: every
/// acknowledged command is there once, every link is one leaf, and no checkpoint contradicts another.
/// </summary>
public sealed class TwoHostsTests
{
    private const int MaxPairs = 20_000;

    [Fact]
    public async Task Builders_killed_under_load_leave_one_log_and_checkpoints_that_all_agree()
    {
        var seed = Seeds.First("two hosts, one journal");
        var random = new Random(seed);
        using var folder = new Folder();
        await using var store = await ServedStore.StartAsync(folder["store"]);
        Load[] loads = [new(actors: 6, seed), new(actors: 6, unchecked(seed + 1))];
        var hosts = new ChildHost[2];
        try
        {
            hosts[0] = await StartAsync(folder, store, 0);
            hosts[1] = await StartAsync(folder, store, 1);
            var kills = Tier.Count(ci: 3, @long: 50);
            for (var i = 0; i < kills; i++)
            {
                var victim = random.Next(2);
                using var stop = new CancellationTokenSource();
                var other = loads[1 - victim].RunUntilAsync(hosts[1 - victim].Http, stop.Token);
                await loads[victim].RunAsync(hosts[victim].Http, random.Next(20, 200), () => hosts[victim].KillAsync().GetAwaiter().GetResult());
                await hosts[victim].DisposeAsync();
                hosts[victim] = await StartAsync(folder, store, victim);
                await loads[victim].RepeatUnknownAsync(hosts[victim].Http);
                await stop.CancelAsync();
                await other;
            }

            for (var i = 0; i < 2; i++)
            {
                await loads[i].RepeatUnknownAsync(hosts[i].Http);
                await loads[i].CheckAsync(hosts[1 - i].Http); // by the host that did not take them
            }

            using (var flushed = await hosts[0].Http.PostAsync("/api/log/flush", null))
            {
                Assert.True(flushed.IsSuccessStatusCode, await flushed.Content.ReadAsStringAsync());
            }

            var (leaves, checkpoints) = await CheckLogAsync(store.Journal, seed);
            Console.WriteLine($"[two hosts] {kills} kills, {loads.Sum(l => l.Acknowledged)} commands acknowledged, {leaves} leaves, {checkpoints} checkpoints agree (LOOM_SEED={seed})");
        }
        finally
        {
            foreach (var host in hosts.Where(h => h is not null))
            {
                await host.DisposeAsync();
            }
        }
    }

    private static Task<ChildHost> StartAsync(Folder folder, ServedStore store, int number) => ChildHost.StartAsync(
        folder[$"host-{number}"], [.. Connecting.JournalAt(store.Address), "--log.keyFolder", folder["keys"], "--logging.level", "error"]);

    // From the journal's bytes alone, by a reader that builds nothing.
    private static async Task<(long Leaves, int Checkpoints)> CheckLogAsync(SegmentedJournal journal, int seed)
    {
        var links = new Dictionary<(StreamName Stream, long Revision), Digest>();
        await foreach (var e in journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, CancellationToken.None))
        {
            if (TransitionReader.CarriesLoom(e) && TransitionReader.ReadLink(e) is { } link)
            {
                links.Add((e.Stream, link.Revision), link.Hash);
            }
        }

        var origin = await TransparencyLog.OriginOfAsync(journal, CancellationToken.None);
        await using var log = await TransparencyLog.OpenAsync(journal, new TransparencyLogOptions { Signer = null, Origin = origin! }, CancellationToken.None);
        Assert.Empty(log.Health.Findings);
        var next = 0L;
        await foreach (var leaf in log.EntriesAsync(0, long.MaxValue, CancellationToken.None))
        {
            Assert.Equal(next++, leaf.Index);
            Assert.True(links.Remove((leaf.Stream, leaf.Revision), out var link), $"{leaf.Stream} at {leaf.Revision} is a leaf twice, or of nothing (LOOM_SEED={seed}).");
            Assert.Equal(link, leaf.Link);
        }

        Assert.Empty(links); // the flush covered them all
        var key = Assert.Single(await log.KeysAsync(CancellationToken.None));
        var checkpoints = new List<Checkpoint>();
        await foreach (var info in log.CheckpointsAsync(long.MaxValue, long.MaxValue, CancellationToken.None))
        {
            Assert.True(info.Note.IsSignedBy(origin!, key.PublicKey.Span));
            Assert.Equal(1, info.Checkpoint.Epoch ?? 1);
            checkpoints.Add(info.Checkpoint);
        }

        Assert.Equal(next, checkpoints[0].Size);
        var pairs = from newer in Enumerable.Range(0, checkpoints.Count) from older in Enumerable.Range(newer + 1, checkpoints.Count - newer - 1) select (newer, older);
        var random = new Random(seed);
        foreach (var (newer, older) in pairs.OrderBy(_ => random.Next()).Take(MaxPairs))
        {
            var (a, b) = (checkpoints[older], checkpoints[newer]);
            Assert.True(
                a.Size <= b.Size && Merkle.VerifyConsistency(a.Size, b.Size, a.Root, b.Root, log.ConsistencyProof(a.Size, b.Size)),
                $"The checkpoint of {b.Size} leaves does not continue the one of {a.Size} (LOOM_SEED={seed}).");
        }

        return (next, checkpoints.Count);
    }
}
