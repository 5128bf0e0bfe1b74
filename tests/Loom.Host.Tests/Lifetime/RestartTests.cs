using Loom.Api;

namespace Loom.Host.Tests.Lifetime;

/// <summary>A host that comes back is the same host.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        using var folder = new Folder();
        string actor, token, origin, first;
        byte[] bundle, trust;
        CommandResult done;
        long size;
        await using (var host = await RunningHost.StartOnAsync(folder["data"], "--auth.mode", "token"))
        {
            first = host.FirstToken();
            token = (await host.CreateTokenAsync(first, "ada", ["operator"])).Token;
            using var http = host.Client(token);
            actor = await http.AccountAsync(deposits: 3);
            done = await http.DoneAsync(actor, "deposit", """{"amount":"9"}""", ("Idempotency-Key", "kept"));
            (await http.PostAsync("/api/keys/rotate", null)).Dispose();
            using var flushed = await http.PostAsync("/api/log/flush", null);
            var log = await flushed.ReadAsync(LoomJson.Default.LogStatus);
            (origin, size) = (log.Origin, log.Size);
            bundle = await http.GetByteArrayAsync($"/api/actors/{actor}/bundle?atSize={size}");
            trust = await http.GetByteArrayAsync("/api/trust");
        }

        await using (var host = await RunningHost.StartOnAsync(folder["data"], "--auth.mode", "token"))
        {
            using var http = host.Client(token);
            Assert.Equal(done with { Repeated = true }, await http.DoneAsync(actor, "deposit", """{"amount":"9"}""", ("Idempotency-Key", "kept")));
            var log = await http.GetAsync("/api/log", LoomJson.Default.LogStatus);
            Assert.Equal((origin, true), (log.Origin, log.Size >= size));
            Assert.Equal(trust, await http.GetByteArrayAsync("/api/trust"));
            Assert.Equal(bundle, await http.GetByteArrayAsync($"/api/actors/{actor}/bundle?atSize={size}"));
            var listed = await Commands.UntilAsync(() => http.GetAsync($"/api/actors?text={actor[8..]}", LoomJson.Default.ActorList), l => l.Lag == 0);
            Assert.Equal(5, listed.Actors.Single().Transitions);
            using var again = host.Client(first);
            Assert.Equal("operator", (await again.GetAsync("/api/whoami", LoomJson.Default.WhoAmI)).Principal);
        }
    }

    [Fact]
    public async Task What_a_killed_host_left_of_uploads_is_gone()
    {
        using var folder = new Folder();
        var uploads = Path.Combine(folder["data"], "uploads");
        Directory.CreateDirectory(uploads);
        await File.WriteAllTextAsync(Path.Combine(uploads, "half"), "of an upload");
        await using var host = await RunningHost.StartOnAsync(folder["data"]);
        Assert.False(File.Exists(Path.Combine(uploads, "half")));
    }

    [Fact]
    public async Task A_host_of_ones_own_runs_its_own_machine()
    {
        using var machine = new SlowMachine();
        machine.Go();
        await using var host = await RunningHost.StartAsync([machine], ["--samples", "false"]);
        Assert.Equal(["import", "slow"], (await host.Http.GetAsync("/api/types", LoomJson.Default.TypeList)).Types.Select(t => t.Name));
        Assert.Equal(0, (await host.Http.DoneAsync("slow-1", "step")).Revision);
    }
}
