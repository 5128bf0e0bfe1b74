using Loom.Api;
using Loom.Hosting.Operations;

namespace Loom.Host.Tests.Lifetime;

/// <summary>An orderly stop: what was begun is answered, what comes later is told to come back, followers are let go.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task A_command_in_flight_is_answered_and_durable_before_the_host_ends()
    {
        using var folder = new Folder();
        using var machine = new SlowMachine();
        var host = await RunningHost.StartOnAsync(folder["data"], [machine]);
        using var caller = host.Client();
        using var tail = await Tail.OpenAsync(caller, "/api/tail");
        var sending = caller.DoneAsync("slow-1", "step", "{}", ("Idempotency-Key", "in-flight"));
        await machine.Deciding;
        var state = host.Service<HostState>();
        var stopping = host.DisposeAsync().AsTask();
        await Commands.UntilAsync(() => Task.FromResult(state.Draining), d => d);
        Assert.False(stopping.IsCompleted);
        machine.Go();
        Assert.Equal(0, (await sending).Revision);
        await tail.EndAsync();
        await stopping;

        await using var again = await RunningHost.StartOnAsync(folder["data"], [machine]);
        Assert.True((await again.Http.DoneAsync("slow-1", "step", "{}", ("Idempotency-Key", "in-flight"))).Repeated);
    }

    [Fact]
    public async Task A_process_told_to_end_answers_what_it_has_and_exits_with_0()
    {
        using var folder = new Folder();
        var load = new Load(actors: 8, seed: 1);
        await using (var host = await ChildHost.StartAsync(folder["data"]))
        {
            await load.RunAsync(host.Http, acknowledged: 200, then: host.Terminate);
            Assert.Equal(0, await host.ExitAsync());
            Assert.Contains(host.Output, l => l.Contains("everything in flight is done", StringComparison.Ordinal));
        }

        await using var again = await RunningHost.StartOnAsync(folder["data"]);
        await load.CheckAsync(again.Http);
    }

    [Fact]
    public async Task Shutdown_over_the_api_is_answered_audited_and_done()
    {
        using var folder = new Folder();
        await using (var host = await ChildHost.StartAsync(folder["data"]))
        {
            using var answer = await host.Http.PostAsync("/api/shutdown", null);
            Assert.Equal(202, (int)answer.StatusCode);
            Assert.Equal(0, await host.ExitAsync());
        }

        await using var again = await RunningHost.StartOnAsync(folder["data"]);
        using var tail = await Tail.OpenAsync(again.Http, "/api/tail?stream=loom.audit&from=start");
        await tail.NextAsync(e => e.Type.Contains("hostStopped", StringComparison.Ordinal) || e.Command == "hostStopped");
    }
}
