using Loom.Coordination;
using Loom.Core;
using Loom.Journal;

namespace Loom.Runtime.Tests;

/// <summary>Two owners of one actor, and appends whose outcome nobody told.</summary>
public sealed class OwnershipTests
{
    [Fact]
    public async Task The_owner_with_the_smaller_fence_ends_and_its_command_is_done_by_a_fresh_activation()
    {
        await using var bench = new Bench { Leases = new GenerousLeases() };
        var (first, second) = (bench.Start(), bench.Start());
        await bench.Accepted(first, "counter-a", "add", "{\"by\":1}");
        await bench.Accepted(second, "counter-a", "add", "{\"by\":1}");
        await bench.Accepted(first, "counter-a", "add", "{\"by\":1}");

        Assert.Equal(1, first.Statistics.FencedOff);
        var fences = (await bench.History("counter-a")).Select(t => t.Link.Fence).ToList();
        Assert.Equal(fences.Distinct().Order(), fences);
    }

    [Fact]
    public async Task The_owner_with_the_larger_fence_decides_again_on_the_state_that_is_there()
    {
        await using var bench = new Bench { Leases = new GenerousLeases() };
        var (small, large) = (bench.Start(), bench.Start());
        await bench.Accepted(small, "counter-a", "add", "{\"by\":1}", "1");
        await bench.Send(large, "counter-a", "add", "{\"by\":-1}"); // activates, writes nothing
        await bench.Accepted(small, "counter-a", "add", "{\"by\":1}", "2");
        await bench.Accepted(large, "counter-a", "add", "{\"by\":1}", "3");

        Assert.Equal((1L, 0L), (large.Statistics.Conflicts, large.Statistics.FencedOff));
        Assert.Equal(3, (await bench.History("counter-a")).Count);
        Assert.True(Assert.IsType<CommandReply.Accepted>(await bench.Send(small, "counter-a", "add", "{\"by\":1}", "3")).Repeated);
    }

    [Fact]
    public async Task The_same_command_through_two_owners_is_done_once_and_both_know_what_is_stored()
    {
        await using var bench = new Bench { Leases = new GenerousLeases() };
        var (first, second) = (bench.Start(), bench.Start());
        await bench.Send(first, "counter-a", "add", "{\"by\":-1}");
        await bench.Send(second, "counter-a", "add", "{\"by\":-1}");
        var a = await bench.Accepted(first, "counter-a", "add", "{\"by\":1}", "same");
        var b = await bench.Accepted(second, "counter-a", "add", "{\"by\":1}", "same");

        Assert.Equal(a.Link, b.Link);
        await bench.Accepted(second, "counter-a", "add", "{\"by\":1}");
        var history = await bench.History("counter-a");
        Assert.Equal(2, history.Count);
        Assert.Equal(history[0].Link.Hash, history[1].Link.Prev);
    }

    [Fact]
    public async Task An_owner_that_lost_the_actor_unnoticed_does_not_answer_from_its_old_state()
    {
        await using var bench = new Bench { Leases = new GenerousLeases() };
        var (old, current) = (bench.Start(), bench.Start());
        await bench.Accepted(old, "counter-a", "add", "{\"by\":1}");
        var head = await bench.Accepted(current, "counter-a", "add", "{\"by\":1}");
        Assert.Equal(head.Link, (await bench.Accepted(old, "counter-a", "nothing", "{}")).Link);
        Assert.Equal(1, old.Statistics.FencedOff);
        var reply = await old.SendAsync(bench.Command("counter-a", "add", "{\"by\":1}") with { ExpectedRevision = 1 }, default);
        Assert.IsType<CommandReply.Accepted>(reply);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_an_append_of_unknown_outcome_the_stream_is_asked(bool wasWritten)
    {
        FaultyJournal? faulty = null;
        await using var bench = new Bench(inner => faulty = new FaultyJournal(inner));
        var runtime = bench.Start();
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        var failures = 1;
        Task Fail() => failures-- > 0 ? throw new JournalException(JournalFailure.Unavailable, "cut off") : Task.CompletedTask;
        if (wasWritten)
        {
            faulty!.After = _ => Fail();
        }
        else
        {
            faulty!.Before = (_, _) => Fail();
        }

        var reply = await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}", "x");
        Assert.False(reply.Repeated);
        var history = await bench.History("counter-a");
        Assert.Equal(2, history.Count);
        Assert.Equal(reply.Link, history[1].Link.Hash);
        Assert.Equal(1, runtime.Statistics.UnknownOutcomes);
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
    }

    [Fact]
    public async Task An_outcome_that_stays_unknown_is_said_to_be_so_and_the_same_id_settles_it()
    {
        FaultyJournal? faulty = null;
        await using var bench = new Bench(inner => faulty = new FaultyJournal(inner));
        var runtime = bench.Start();
        faulty!.Before = (_, _) => throw new IOException("no answer");
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Send(runtime, "counter-a", "add", "{\"by\":1}", "x"));
        Assert.Equal((RefusalKind.Unavailable, "outcome-unknown"), (refused.Kind, refused.Code));
        faulty.Before = null;
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}", "x");
        Assert.Single(await bench.History("counter-a"));
    }

    [Theory]
    [InlineData(JournalFailure.DiskFull, "disk-full")]
    [InlineData(JournalFailure.ReadOnly, "read-only")]
    public async Task A_journal_that_takes_nothing_is_named(JournalFailure failure, string code)
    {
        FaultyJournal? faulty = null;
        await using var bench = new Bench(inner => faulty = new FaultyJournal(inner));
        faulty!.Before = (_, _) => throw new JournalException(failure, "as told");
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Send(bench.Start(), "counter-a", "add", "{\"by\":1}"));
        Assert.Equal((RefusalKind.Unavailable, code), (refused.Kind, refused.Code));
        Assert.NotNull(refused.RetryAfter);
    }

    [Fact]
    public async Task An_actor_that_is_active_elsewhere_is_busy_here()
    {
        await using var bench = new Bench();
        var (first, second) = (bench.Start(), bench.Start());
        await bench.Accepted(first, "counter-a", "add", "{\"by\":1}");
        Assert.Equal("active-elsewhere", Assert.IsType<CommandReply.Refused>(await bench.Send(second, "counter-a", "add", "{\"by\":1}")).Code);
        await first.DisposeAsync();
        await bench.Accepted(second, "counter-a", "add", "{\"by\":1}");
    }

    [Fact]
    public async Task The_fence_comes_from_the_stream_also_when_the_lease_store_forgot_everything()
    {
        await using var bench = new Bench();
        for (var i = 0; i < 3; i++)
        {
            bench.Leases = new InProcessLeases();
            await using var runtime = bench.Start();
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        }

        Assert.Equal([2L, 3L, 4L], (await bench.History("counter-a")).Select(t => t.Link.Fence));
    }

    /// <summary>Gives every host the lease: what overlapping owners look like.</summary>
    private sealed class GenerousLeases : ILeases
    {
        private long _token;

        public Task<Lease?> TryAcquireAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult<Lease?>(new Given(Interlocked.Increment(ref _token)));

        public Task RaiseFenceAsync(string name, long fence, CancellationToken cancellationToken)
        {
            _token = Math.Max(_token, fence);
            return Task.CompletedTask;
        }

        private sealed class Given(long token) : Lease
        {
            public override long Token => token;

            public override CancellationToken Lost => CancellationToken.None;

            public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
