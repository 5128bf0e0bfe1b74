using Loom.Journal;

namespace Loom.Runtime.Tests;

/// <summary>What is in memory, how much may wait, and how it all ends.</summary>
public sealed class ResidencyTests
{
    [Fact]
    public async Task No_more_actors_stay_in_memory_than_allowed_and_none_forgets_anything()
    {
        await using var bench = new Bench();
        var runtime = bench.Start(new ActorRuntimeOptions { MaxActivations = 20 });
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 60; i++)
            {
                bench.Time.Advance(TimeSpan.FromMilliseconds(1));
                await bench.Accepted(runtime, $"counter-{i}", "add", "{\"by\":1}");
                await bench.Rest(); // who is too many leaves on the runtime's own time
            }
        }

        await bench.Until(() => runtime.Statistics.Activations <= 20);
        Assert.True(runtime.Statistics.Passivations > 100, $"{runtime.Statistics.Passivations} passivations");
        Assert.Equal(3, (await bench.History("counter-7")).Count);
    }

    [Fact]
    public async Task An_idle_actor_leaves_and_its_lease_is_free()
    {
        await using var bench = new Bench();
        var runtime = bench.Start(new ActorRuntimeOptions { IdleTime = TimeSpan.FromMinutes(1), CarryOutEffects = false });
        await runtime.StartAsync(default);
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        await bench.Until(() => runtime.Statistics.Activations == 0);
        await using var lease = await bench.Leases.TryAcquireAsync("actor:counter-a", default);
        Assert.NotNull(lease);
    }

    [Fact]
    public async Task A_full_mailbox_says_busy_and_when_to_come_back()
    {
        FaultyJournal? journal = null;
        await using var bench = new Bench(inner => journal = new FaultyJournal(inner));
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        journal!.Before = (_, _) => release.Task;
        var runtime = bench.Start(new ActorRuntimeOptions { MailboxCapacity = 4 });
        var sent = Enumerable.Range(0, 20).Select(_ => bench.Send(runtime, "counter-a", "add", "{\"by\":1}")).ToList();
        var busy = Assert.IsType<CommandReply.Refused>(await await Task.WhenAny(sent));
        Assert.Equal((RefusalKind.Busy, "mailbox-full"), (busy.Kind, busy.Code));
        Assert.NotNull(busy.RetryAfter);
        release.SetResult();
        var replies = await Task.WhenAll(sent);
        var accepted = replies.Count(r => r is CommandReply.Accepted);
        Assert.InRange(accepted, 4, 6);
        Assert.Equal(accepted, (await bench.History("counter-a")).Count);
    }

    [Fact]
    public async Task Draining_finishes_what_is_in_flight_and_refuses_what_comes()
    {
        FaultyJournal? journal = null;
        await using var bench = new Bench(inner => journal = new FaultyJournal(inner));
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        journal!.Before = (_, _) =>
        {
            reached.TrySetResult();
            return release.Task;
        };
        var runtime = bench.Start();
        await runtime.StartAsync(default);
        var sent = bench.Send(runtime, "counter-a", "add", "{\"by\":1}");
        await reached.Task;
        var draining = runtime.DrainAsync(TimeSpan.FromMinutes(5), default);
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Send(runtime, "counter-b", "add", "{\"by\":1}"));
        Assert.Equal((RefusalKind.Unavailable, "draining"), (refused.Kind, refused.Code));
        release.SetResult();
        Assert.IsType<CommandReply.Accepted>(await sent);
        await bench.Until(() => draining.IsCompleted);
        Assert.True(await draining);
        Assert.Equal(0, runtime.Statistics.Activations);
    }

    [Fact]
    public async Task A_cancelled_command_that_waits_is_not_decided()
    {
        FaultyJournal? journal = null;
        await using var bench = new Bench(inner => journal = new FaultyJournal(inner));
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        journal!.Before = (_, _) =>
        {
            reached.TrySetResult();
            return release.Task;
        };
        var runtime = bench.Start();
        using var cancel = new CancellationTokenSource();
        var first = bench.Send(runtime, "counter-a", "add", "{\"by\":1}");
        await reached.Task;
        var second = runtime.SendAsync(bench.Command("counter-a", "add", "{\"by\":1}"), cancel.Token);
        await cancel.CancelAsync();
        release.SetResult();
        Assert.IsType<CommandReply.Accepted>(await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Single(await bench.History("counter-a"));
        Assert.Equal(0, runtime.Statistics.InFlight);
    }
}
