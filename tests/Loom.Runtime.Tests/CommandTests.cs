using System.Text;
using Loom.Core;

namespace Loom.Runtime.Tests;

public sealed class CommandTests
{
    [Fact]
    public async Task A_command_becomes_a_transition_with_a_link_that_opens()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        var reply = await bench.Accepted(runtime, "counter-a", "add", "{ \"parts\": 3, \"by\": 2 }");

        var transition = Assert.Single(await bench.History("counter-a"));
        Assert.Equal((2L, 3, transition.Link.Hash, false), (reply.Revision, reply.Events, reply.Link, reply.Repeated));
        Assert.Equal("{\"by\":2,\"parts\":3}", Encoding.UTF8.GetString(transition.Opening.Command!));
        Assert.Equal("tester", transition.Link.Command.Principal);
        Assert.Equal("counter@1", transition.Link.ActorType);
        Assert.True(transition.Link.Fence > 0);
        var state = await new ActorHistory(bench.Memory, runtime.Types).ReplayAsync(ActorId.Parse("counter-a"));
        Assert.Equal("{\"total\":6,\"wakes\":0}", Encoding.UTF8.GetString(state!.State.Span));
        Assert.True(state.Matches);
    }

    [Fact]
    public async Task Links_follow_one_another_and_fences_grow_over_activations()
    {
        await using var bench = new Bench();
        for (var i = 0; i < 4; i++)
        {
            await using var runtime = bench.Start();
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        }

        var history = await bench.History("counter-a");
        Assert.Equal(8, history.Count);
        for (var i = 1; i < history.Count; i++)
        {
            var (before, link) = (history[i - 1].Link, history[i].Link);
            Assert.Equal(before.Hash, link.Prev);
            Assert.Equal(before.To, link.From);
            Assert.True(link.At >= before.At);
            Assert.True(i % 2 == 0 ? link.Fence > before.Fence : link.Fence == before.Fence, $"fence {link.Fence} after {before.Fence}");
        }
    }

    [Fact]
    public async Task A_repeated_command_gets_its_first_outcome_now_and_after_a_restart()
    {
        await using var bench = new Bench();
        var first = bench.Start();
        var reply = await bench.Accepted(first, "counter-a", "add", "{\"by\":1}", "same");
        Assert.Equal(reply with { Repeated = true }, await bench.Send(first, "counter-a", "add", "{ \"by\" : 1 }", "same"));
        await first.DisposeAsync();

        Assert.Equal(reply with { Repeated = true }, await bench.Send(bench.Start(), "counter-a", "add", "{\"by\":1}", "same"));
        Assert.Single(await bench.History("counter-a"));
    }

    [Theory]
    [InlineData("add", "{\"by\":2}")]
    [InlineData("nothing", "{\"by\":1}")]
    public async Task A_command_id_cannot_be_used_for_something_else(string type, string body)
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}", "same");
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Send(runtime, "counter-a", type, body, "same"));
        Assert.Equal((RefusalKind.Conflict, "command-id-reused"), (refused.Kind, refused.Code));
    }

    [Fact]
    public async Task A_rejected_command_leaves_no_trace_and_may_be_sent_again()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        Assert.Equal("negative", Assert.IsType<CommandReply.Rejected>(await bench.Send(runtime, "counter-a", "add", "{\"by\":-1}", "x")).Code);
        Assert.Empty(await bench.History("counter-a"));
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}", "x");
    }

    [Fact]
    public async Task Nothing_to_do_is_accepted_and_not_journaled()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        Assert.Equal("not-born", Assert.IsType<CommandReply.Rejected>(await bench.Send(runtime, "counter-a", "nothing", "{}")).Code);
        var head = await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        var nothing = await bench.Accepted(runtime, "counter-a", "nothing", "{}");
        Assert.Equal((0L, 0, head.Link), (nothing.Revision, nothing.Events, nothing.Link));
        Assert.Single(await bench.History("counter-a"));
    }

    [Fact]
    public async Task A_machine_that_throws_is_a_fault_and_the_actor_goes_on()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        var fault = Assert.IsType<CommandReply.Refused>(await bench.Send(runtime, "counter-a", "break", "{\"how\":\"throw\"}"));
        Assert.Equal((RefusalKind.Fault, "machine-fault"), (fault.Kind, fault.Code));
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
    }

    [Fact]
    public async Task A_transition_beyond_the_limits_is_refused_whole()
    {
        await using var bench = new Bench();
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Send(bench.Start(), "counter-a", "add", "{\"by\":1,\"parts\":1001}"));
        Assert.Equal((RefusalKind.TooLarge, "transition-too-large"), (refused.Kind, refused.Code));
        Assert.Empty(await bench.History("counter-a"));
    }

    [Theory]
    [InlineData(-1L, false)]
    [InlineData(0L, true)]
    [InlineData(1L, false)]
    public async Task A_stale_expectation_is_a_conflict(long expected, bool accepted)
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        var reply = await runtime.SendAsync(bench.Command("counter-a", "add", "{\"by\":1}") with { ExpectedRevision = expected }, default);
        if (accepted)
        {
            Assert.IsType<CommandReply.Accepted>(reply);
        }
        else
        {
            Assert.Equal("stale-revision", Assert.IsType<CommandReply.Refused>(reply).Code);
        }
    }

    [Fact]
    public async Task Time_never_goes_back_within_a_stream()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        bench.Time.Jump(TimeSpan.FromDays(-2));
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        var history = await bench.History("counter-a");
        Assert.Equal(history[0].Link.At, history[1].Link.At);
    }

    [Fact]
    public async Task Hundreds_of_senders_of_one_actor_are_served_one_at_a_time()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}", $"n-{i % 100}"))));
        var history = await bench.History("counter-a");
        Assert.Equal(100, history.Count);
        var state = await new ActorHistory(bench.Memory, runtime.Types).ReplayAsync(ActorId.Parse("counter-a"));
        Assert.Equal("many", state!.Label);
        Assert.True(state.Matches);
    }
}
