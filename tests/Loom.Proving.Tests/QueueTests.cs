using Loom.Core;
using Loom.Journal;
using Loom.Testing;

namespace Loom.Proving.Tests;

public sealed class QueueTests
{
    [Fact]
    public async Task A_proof_is_asked_for_once_whoever_asks()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        var link = (await bench.Links("ledger-a"))[0];
        using var here = new ProofQueue(bench.Memory, bench.Time);
        using var there = new ProofQueue(bench.Memory, bench.Time);

        var answers = await Task.WhenAll(
            here.RequestAsync(link, ProofPolicy.Parse("on-demand"), "ann", default), there.RequestAsync(link, ProofPolicy.Parse("on-demand"), "bob", default));

        var jobs = answers.Select(a => Assert.IsType<ProofAnswer.Done>(a).Job).ToArray();
        Assert.Equal(1, await bench.Count("requested"));
        Assert.Equal(jobs[0], jobs[1]);
        Assert.Equal((link.Hash, ProofJobState.Queued, "proven"), (jobs[0].Link, jobs[0].State, jobs[0].Set));
        Assert.Equal(1, here.Figures.Depth);
        Assert.Equal(jobs[0].QueuedAt, here.Figures.Oldest);
    }

    [Fact]
    public async Task Jobs_are_called_off_and_tried_anew()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        var link = (await bench.Links("ledger-a"))[0];
        using var queue = new ProofQueue(bench.Memory, bench.Time);
        await queue.RequestAsync(link, ProofPolicy.Parse("always"), "ann", default);

        var cancelled = Assert.IsType<ProofAnswer.Done>(await queue.CancelAsync(link.Hash, "bob", default)).Job;
        var again = Assert.IsType<ProofAnswer.Done>(await queue.CancelAsync(link.Hash, "bob", default)).Job;
        var retried = Assert.IsType<ProofAnswer.Done>(await queue.RetryAsync(link.Hash, "ann", default)).Job;

        Assert.Equal((ProofJobState.Cancelled, "bob called it off"), (cancelled.State, cancelled.Reason));
        Assert.Equal(cancelled, again);
        Assert.Equal((ProofJobState.Queued, null), (retried.State, retried.Reason));
        Assert.Equal("unknown-job", Assert.IsType<ProofAnswer.Refused>(await queue.RetryAsync(Digest.Of([1]), "ann", default)).Code);
    }

    [Fact]
    public async Task What_no_prover_could_run_is_refused()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        var link = (await bench.Links("ledger-a"))[0];
        using var queue = new ProofQueue(bench.Memory, bench.Time);

        Assert.Equal("policy-never", await Code(link, ProofPolicy.Never));
        Assert.Equal("upgrade", await Code(link with { Kind = LinkKind.Upgrade }, ProofPolicy.Parse("always")));
        Assert.Equal("not-a-module", await Code(link with { Machine = MachineId.DotNet("account", 1) }, ProofPolicy.Parse("always")));
        Assert.Empty(await bench.Read("loom.proofs"));

        async Task<string> Code(Link of, ProofPolicy policy) => Assert.IsType<ProofAnswer.Refused>(await queue.RequestAsync(of, policy, "ann", default)).Code;
    }

    [Fact]
    public async Task A_queue_read_anew_from_the_journal_is_the_same_and_pages_through_all_jobs()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        for (var i = 0; i < 30; i++)
        {
            await actors.Deposit("ledger-a", 100 + i);
        }

        var links = await bench.Links("ledger-a");
        ProofQueue[] hosts = [new(bench.Memory, bench.Time), new(bench.Memory, bench.Time), new(bench.Memory, bench.Time)];
        var seed = Seeds.First("proof-queue");
        await Task.WhenAll(hosts.Select((queue, host) => Task.Run(async () =>
        {
            var random = new Random(unchecked((seed * 31) + host));
            for (var i = 0; i < 150; i++)
            {
                var link = links[random.Next(links.Count)];
                _ = random.Next(4) switch
                {
                    0 => await queue.CancelAsync(link.Hash, $"host {host}", default),
                    1 => await queue.RetryAsync(link.Hash, $"host {host}", default),
                    _ => await queue.RequestAsync(link, ProofPolicy.Parse("on-demand"), $"host {host}", default),
                };
                bench.Time.Advance(TimeSpan.FromMilliseconds(random.Next(10)));
            }
        })));
        using var fresh = new ProofQueue(bench.Memory, bench.Time);
        foreach (var queue in hosts.Append(fresh))
        {
            await queue.CatchUpAsync(default);
        }

        var jobs = All(fresh);
        Assert.All(hosts, host => Assert.Equal(jobs, All(host)));
        Assert.Equal(await bench.Count("requested"), jobs.Count);
        Assert.Equal(jobs.Count(j => j.IsOpen), fresh.Figures.Depth);
        Assert.Equal(jobs.Count, jobs.Select(j => j.Link).Distinct().Count());
        Assert.All(fresh.Figures.ByState, state => Assert.Equal(state.Value, jobs.Count(j => j.State == state.Key)));
        Array.ForEach(hosts, h => h.Dispose());

        static List<ProofJob> All(ProofQueue queue)
        {
            var all = new List<ProofJob>();
            for (long? before = null; ;)
            {
                var page = queue.List(null, before, 7);
                all.AddRange(page.Jobs);
                if ((before = page.Next) is null)
                {
                    return all;
                }
            }
        }
    }

    [Fact]
    public async Task A_hundred_thousand_jobs_are_read_anew_and_looked_at_cheaply()
    {
        const int jobs = 100_000, batch = 1000;
        await using var bench = new Bench();
        var machine = MachineId.Wasm(Digest.Of([1]));
        for (var first = 0; first < jobs; first += batch)
        {
            var events = Enumerable.Range(first, batch).Select(i => (ProofEvent)new ProofEvent.Decided(
                Digest.Of(BitConverter.GetBytes(i)), new Timestamp(bench.Time.GetUtcNow()), StreamName.Parse($"ledger-{i % 500}"), i, i, (ulong)i, "ledger@1", machine, true, "always", "always", "proven"));
            Assert.IsType<AppendResult.Appended>(await bench.Memory.AppendAsync(
                ProofQueue.Stream, ExpectedRevision.After(first - 1), [.. events.Select(e => e.ToEvent(0))], default));
        }

        using var queue = new ProofQueue(bench.Memory, bench.Time);
        await queue.CatchUpAsync(default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (figures, page) = (queue.Figures, queue.List(ProofJobState.Queued, null, 50));
        var next = queue.Read(s => s.In(ProofJobState.Queued).First());
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((jobs, jobs - 1L, 0L), (figures.Depth, page.Jobs[0].Number, next.Number));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => jobs - 1L - i), page.Jobs.Select(j => j.Number));
        Assert.True(allocated < 4_000_000, $"{allocated} bytes for a look");

        // What jobs have in common is there once.
        var (one, other) = (queue.Find(Digest.Of(BitConverter.GetBytes(7)))!, queue.Find(Digest.Of(BitConverter.GetBytes(507)))!);
        Assert.Same(one.ActorType, other.ActorType);
        Assert.Same(one.Machine.Value, other.Machine.Value);
        Assert.Same(one.Stream.Value, other.Stream.Value);
        Assert.Same(one.Cause, other.Cause);
    }

    [Fact]
    public async Task A_damaged_queue_is_refused_by_name()
    {
        await using var bench = new Bench();
        await bench.Memory.AppendAsync(
            ProofQueue.Stream, ExpectedRevision.NoStream, [new EventData(Guid.NewGuid(), "loom.proofs.started", EventData.Json, """{"link":"x"}"""u8.ToArray(), default)], default);
        using var queue = new ProofQueue(bench.Memory, bench.Time);

        var refused = await Assert.ThrowsAsync<JournalException>(() => queue.CatchUpAsync(default));

        Assert.Equal(JournalFailure.Corrupt, refused.Failure);
        Assert.Contains("loom.proofs at revision 0", refused.Message, StringComparison.Ordinal);
    }
}
