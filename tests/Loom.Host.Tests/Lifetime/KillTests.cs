using Loom.Api;
using Loom.Testing;

namespace Loom.Host.Tests.Lifetime;

/// <summary>SIGKILL in the middle of the work: every acknowledged command is there afterwards, once, and the history verifies.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task A_killed_host_has_every_acknowledged_command_once()
    {
        var seed = Seeds.First("host kill");
        var random = new Random(seed);
        using var folder = new Folder();
        var load = new Load(actors: 12, seed);
        var kills = Tier.Count(ci: 5, @long: 25);
        for (var i = 0; i < kills; i++)
        {
            await using var host = await ChildHost.StartAsync(folder["data"]);
            await load.RepeatUnknownAsync(host.Http);
            await load.RunAsync(host.Http, random.Next(20, 400), () => host.KillAsync().GetAwaiter().GetResult());
        }

        await using var last = await RunningHost.StartOnAsync(folder["data"]);
        await load.RepeatUnknownAsync(last.Http);
        await load.CheckAsync(last.Http);
        Assert.Equal("ready", (await last.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Status);
        using var verified = await last.Http.PostAsync("/api/verify", Json.Bytes(await last.Http.GetByteArrayAsync($"/api/actors/account-load-{seed}-{random.Next(12)}/bundle")));
        Assert.Equal(0, (await verified.ReadAsync(LoomJson.Default.VerifyResult)).ExitCode);
        Console.WriteLine($"[host kill] {kills} kills, {load.Acknowledged} commands acknowledged, all there once");
    }
}
