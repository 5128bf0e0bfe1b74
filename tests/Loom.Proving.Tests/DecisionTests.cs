using Loom.Core;
using Loom.Journal;
using Loom.Testing;

namespace Loom.Proving.Tests;

public sealed class DecisionTests
{
    private const string Threshold = """{"ledger":"when command.amount >= 1000"}""";

    [Fact]
    public async Task Below_the_threshold_no_job_at_the_threshold_a_job_and_both_decisions_in_the_journal()
    {
        await using var bench = new Bench();
        bench.Prover.Reachable = false;
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync(Threshold);
        await actors.Open("ledger-a");
        await actors.Deposit("ledger-a", 999);
        await actors.Deposit("ledger-a", 1000);

        await bench.Until(() => service.Queue.Figures is { DecidedToProve: 1, DecidedNotTo: 2 }, "three decisions");

        var links = await bench.Links("ledger-a");
        var job = Assert.Single(service.Queue.List(null, null, 10).Jobs);
        Assert.Equal((links[2].Hash, 2L, ProofJobState.Queued, "command.amount >= 1000 holds"), (job.Link, job.Revision, job.State, job.Cause));
        Assert.Equal(3, await bench.Count("decided"));
        Assert.Equal([true, false, false], service.Queue.RecentDecisions.Select(d => d.Prove));
        Assert.Equal("when command.amount >= 1000", service.Queue.RecentDecisions[0].Policy);
    }

    [Fact]
    public async Task The_same_actors_come_to_the_same_states_with_and_without_proofs()
    {
        await using var plain = new Bench();
        await using var proven = new Bench();
        var (without, with) = (await plain.ActorsAsync(), await proven.ActorsAsync());
        var off = await plain.ProveAsync("""{"ledger":"never"}""");
        var on = await proven.ProveAsync(Threshold);
        foreach (var actors in new[] { without, with })
        {
            await actors.Open("ledger-a");
            await actors.Deposit("ledger-a", 999);
            await actors.Deposit("ledger-a", 1000);
        }

        await proven.Until(() => on.Queue.Figures.ByState[ProofJobState.Attached] == 1, "one receipt");

        Assert.Equal((await State(plain, without)).State, (await State(proven, with)).State);
        Assert.Equal(2, Assert.Single(await proven.Receipts("ledger-a")).Revision);
        Assert.Empty(await plain.Read("loom.receipts-ledger-a"));
        Assert.Empty(await plain.Read("loom.proofs"));
        Assert.Equal(0, off.Queue.Figures.Depth);

        static async Task<Runtime.ReplayedState> State(Bench bench, Actors actors) =>
            (await new Runtime.ActorHistory(bench.Memory, actors.Runtime.Types, bench.Blobs).ReplayAsync(ActorId.Parse("ledger-a")))!;
    }

    [Fact]
    public async Task Types_without_a_deciding_policy_and_upgrades_get_no_decision()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync(SampleModule.Of("bank-ledger"), SampleModule.Of("counter"));
        var service = await bench.ProveAsync("""{"counter":"on-demand","ledger":"always"}""");
        await actors.Send("counter-a", "increment", """{"by":1}""");
        await actors.Open("ledger-a");

        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Attached] == 1);

        Assert.Equal(1, await bench.Count("decided"));
        Assert.Empty(await bench.Read("loom.receipts-counter-a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_hosts_that_both_believe_to_be_in_charge_decide_every_transition_once(bool whileActorsRun)
    {
        await using var bench = new Bench();
        bench.Prover.Reachable = false;
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        if (!whileActorsRun)
        {
            await Deposits();
        }

        var one = await bench.ProveAsync(Threshold);
        var other = await bench.ProveAsync(Threshold);
        if (whileActorsRun)
        {
            await Deposits();
        }

        await bench.Until(() => one.Queue.Figures is { DecidedToProve: 100, DecidedNotTo: 101 } && other.Queue.Figures is { DecidedToProve: 100, DecidedNotTo: 101 }, "201 decisions");

        Assert.Equal(201, await bench.Count("decided"));
        Assert.Equal(100, one.Queue.Figures.Depth);

        async Task Deposits()
        {
            for (var i = 0; i < 200; i++)
            {
                await actors.Deposit("ledger-a", i % 2 == 0 ? 999 : 1000);
            }
        }
    }

    [Fact]
    public async Task After_a_restart_nothing_is_decided_again_and_nothing_left_out()
    {
        await using var bench = new Bench();
        bench.Prover.Reachable = false;
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        for (var round = 1; round <= 5; round++)
        {
            var service = await bench.ProveAsync(Threshold);
            await actors.Deposit("ledger-a", 1000);
            await bench.Until(() => service.Queue.Figures.DecidedToProve == round, $"round {round}");
            await service.DisposeAsync();
            await actors.Deposit("ledger-a", 1);
        }

        var last = await bench.ProveAsync(Threshold);
        await bench.Until(() => last.Queue.Figures.DecidedNotTo == 6, "the deposits in between");

        Assert.Equal(11, await bench.Count("decided"));
        Assert.Equal(5, last.Queue.Figures.Depth);
    }

    [Fact]
    public async Task A_copy_of_the_journal_with_other_positions_is_gone_on_with_at_the_right_place()
    {
        await using var bench = new Bench();
        bench.Prover.Reachable = false;
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        var before = await bench.ProveAsync(Threshold, new ProvingOptions { CursorInterval = TimeSpan.FromMilliseconds(1) });
        await actors.Deposit("ledger-a", 1000);
        await bench.Until(() => before.Queue.Figures is { DecidedToProve: 1, DecidedNotTo: 1 });
        await before.DisposeAsync();
        await actors.Deposit("ledger-a", 2000);

        // As an import would: the same streams in the same order, with something else before them.
        await using var copy = new InMemoryJournal(bench.Time);
        for (var i = 0; i < 50; i++)
        {
            await copy.AppendAsync(StreamName.Parse("elsewhere"), ExpectedRevision.Any, [new EventData(Guid.NewGuid(), "x", EventData.Json, "{}"u8.ToArray(), default)], default);
        }

        await foreach (var e in bench.Memory.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, default))
        {
            await copy.AppendAsync(e.Stream, ExpectedRevision.Any, [new EventData(e.Id, e.Type, e.ContentType, e.Data, e.Metadata)], default);
        }

        var service = await bench.ProveAsync(Threshold, journal: copy);
        await bench.Until(() => service.Queue.Figures is { DecidedToProve: 2, DecidedNotTo: 1 }, "the one decision that was missing");
        Assert.Equal(2, service.Queue.Figures.Depth);
    }

    [Fact]
    public async Task New_policies_are_about_what_comes_then()
    {
        await using var bench = new Bench();
        bench.Prover.Reachable = false;
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync(Threshold);
        await actors.Open("ledger-a");
        await bench.Until(() => service.Queue.Figures.DecidedNotTo == 1);

        service.Policies = ProofPolicies.Parse("""{"ledger":"always"}"""u8.ToArray());
        await actors.Deposit("ledger-a", 5);
        await bench.Until(() => service.Queue.Figures.DecidedToProve == 1);

        Assert.Equal(["always", "when command.amount >= 1000"], service.Queue.RecentDecisions.Select(d => d.Policy));
    }
}
