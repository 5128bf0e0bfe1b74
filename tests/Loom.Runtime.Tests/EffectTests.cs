using System.Text;
using Loom.Core;

namespace Loom.Runtime.Tests;

public sealed class EffectTests
{
    [Fact]
    public async Task A_send_effect_becomes_a_command_with_derived_id_principal_and_cause()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await runtime.StartAsync(default);
        await runtime.SendAsync(
            bench.Command("counter-a", "tell", "{\"to\":\"counter-b\",\"command\":\"add\",\"data\":{\"by\":5,\"parts\":1}}") with { Correlation = "talk" }, default);
        await bench.Until(() => runtime.Statistics.Effects.Sent == 1);

        var effect = Assert.Single(await bench.History("counter-a")).Events[0];
        var link = Assert.Single(await bench.History("counter-b")).Link;
        Assert.Equal(("actor:counter-a", "talk", effect.Id.ToString("D")), (link.Command.Principal, link.Correlation, link.Causation));
        Assert.Equal(UuidV5.DerivedCommand(effect.Id.ToString("D")), link.Command.Id);
        Assert.Empty(link.Command.Roles);
    }

    [Fact]
    public async Task Effects_go_on_after_a_restart_where_they_were_and_repeat_nothing()
    {
        await using var bench = new Bench();
        var first = bench.Start(new ActorRuntimeOptions { CarryOutEffects = false });
        for (var i = 0; i < 30; i++)
        {
            await bench.Accepted(first, $"counter-{i % 3}", "tell", "{\"to\":\"counter-sum\",\"command\":\"add\",\"data\":{\"by\":1,\"parts\":1}}");
        }

        await first.DisposeAsync();
        var lastAsked = await bench.Memory.LastPositionAsync(default);
        for (var restart = 0; restart < 3; restart++)
        {
            await using var runtime = bench.Start();
            await runtime.StartAsync(default);
            await bench.Until(() => runtime.Statistics.Effects is { InCharge: true, Cursor: var cursor } && cursor >= lastAsked);
            Assert.Equal(restart == 0 ? 30 : 0, runtime.Statistics.Effects.Sent);
        }

        Assert.Equal(30, (await bench.History("counter-sum")).Count);
    }

    [Theory]
    [InlineData("nobody-x", "add", "{\"by\":1}", "unknown-actor-type")]
    [InlineData("no actor", "add", "{\"by\":1}", "actor")]
    [InlineData("counter-b", "no-such-command", "{\"by\":1}", "unknown-command")]
    public async Task An_effect_that_nobody_can_take_is_counted_named_and_passed(string to, string command, string data, string named)
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await runtime.StartAsync(default);
        await bench.Accepted(runtime, "counter-a", "tell", $"{{\"to\":\"{to}\",\"command\":\"{command}\",\"data\":{data}}}");
        await bench.Accepted(runtime, "counter-a", "tell", "{\"to\":\"counter-c\",\"command\":\"add\",\"data\":{\"by\":1,\"parts\":1}}");
        await bench.Until(() => runtime.Statistics.Effects is { SendsDropped: 1, Sent: 1, Cursor: not null });
        Assert.Contains(named, runtime.Statistics.Effects.LastProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_send_is_counted_as_such()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await runtime.StartAsync(default);
        await bench.Accepted(runtime, "counter-a", "tell", "{\"to\":\"counter-b\",\"command\":\"add\",\"data\":{\"by\":-1,\"parts\":1}}");
        await bench.Until(() => runtime.Statistics.Effects.SendsRejected == 1);
        Assert.Empty(await bench.History("counter-b"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_timer_comes_back_when_due_also_over_a_restart_that_lost_its_file(bool restart)
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        await runtime.StartAsync(default);
        var due = new Timestamp(bench.Time.GetUtcNow() + TimeSpan.FromHours(2));
        await bench.Accepted(runtime, "counter-a", "wake", $"{{\"at\":\"{due}\",\"note\":\"hello\"}}");
        await bench.Until(() => runtime.Statistics.Effects is { TimersPending: 1, Cursor: not null });
        if (restart)
        {
            await runtime.DisposeAsync();
            bench.Files.Delete("timers");
            runtime = bench.Start();
            await runtime.StartAsync(default);
            await bench.Until(() => runtime.Statistics.Effects.TimersPending == 1);
        }

        bench.Time.Advance(TimeSpan.FromHours(1));
        await bench.Rest();
        Assert.Single(await bench.History("counter-a"));
        bench.Time.Jump(TimeSpan.FromHours(1)); // the wall clock decides, however it got there
        await bench.Until(() => runtime.Statistics.Effects is { TimersFired: 1, TimersPending: 0 });

        var history = await bench.History("counter-a");
        var (asked, fired) = (history[0], history[1]);
        Assert.Equal(("loom.timerFired", "loom:runtime"), (fired.Link.Command.Type, fired.Link.Command.Principal));
        Assert.Equal(UuidV5.DerivedCommand(asked.Events[0].Id.ToString("D")), fired.Link.Command.Id);
        Assert.Equal(
            $"{{\"data\":{{\"note\":\"hello\"}},\"due\":\"{due}\",\"effect\":\"{asked.Events[0].Id:D}\"}}", Encoding.UTF8.GetString(fired.Opening.Command!));
        Assert.True(fired.Link.At >= due);
    }

    [Fact]
    public async Task Two_hosts_agree_on_one_that_carries_effects_out()
    {
        await using var bench = new Bench();
        var (first, second) = (bench.Start(), bench.Start());
        await first.StartAsync(default);
        await bench.Until(() => first.Statistics.Effects.InCharge);
        await second.StartAsync(default);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        await bench.Rest();
        Assert.False(second.Statistics.Effects.InCharge);
        await first.DisposeAsync();
        await bench.Until(() => second.Statistics.Effects.InCharge);
    }
}
