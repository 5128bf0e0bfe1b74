using System.Net;
using Loom.Api;
using Loom.Hosting.Health;
using Loom.Hosting.Operations;
using Loom.Testing;

namespace Loom.Host.Tests.Health;

/// <summary>Live, ready, and why not.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_stopping_host_is_live_not_ready_and_takes_no_commands()
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Equal("ready", (await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Status);
        host.Service<HostState>().Draining = true;
        using var ready = await host.Http.GetAsync("/health/ready");
        var report = await ready.ReadAsync(LoomJson.Default.HealthReport, 503);
        Assert.Equal(("not ready", "bad"), (report.Status, report.Checks.Single(c => c.Name == "writes").Status));
        Assert.Equal("live", (await host.Http.GetAsync("/health/live", LoomJson.Default.HealthReport)).Status);
        using var command = await host.Http.CommandAsync("account-1", "open", """{"owner":"Ada"}""");
        Assert.Equal(1000, (await command.ProblemAsync(503, "draining")).RetryAfterMs);
    }

    [Fact]
    public async Task A_journal_that_lacks_a_signed_checkpoint_is_served_for_reading_until_that_is_accepted()
    {
        using var folder = new Folder();
        var (data, journal) = (folder["data"], Path.Combine(folder["data"], "journal"));
        string kept, lost;
        await using (var host = await RunningHost.StartOnAsync(data))
        {
            kept = await host.Http.AccountAsync();
            await FlushAsync(host);
        }

        Copy(journal, folder["older"]);
        await using (var host = await RunningHost.StartOnAsync(data))
        {
            lost = await host.Http.AccountAsync();
            await host.Http.DoneAsync(kept, "deposit", """{"amount":"1"}""");
            await FlushAsync(host);
        }

        Directory.Delete(journal, recursive: true);
        Copy(folder["older"], journal);
        await using (var host = await RunningHost.StartOnAsync(data))
        {
            using var ready = await host.Http.GetAsync("/health/ready");
            var report = await ready.ReadAsync(LoomJson.Default.HealthReport, 503);
            Assert.Contains("accept-rollback", report.Checks.Single(c => c.Name == "writes").Message, StringComparison.Ordinal);
            using var command = await host.Http.CommandAsync(kept, "deposit", """{"amount":"1"}""");
            await command.ProblemAsync(503, "read-only");
            using var token = await host.Http.PostAsync("/api/tokens", Json.Text("""{"name":"x","roles":["auditor"]}"""));
            await token.ProblemAsync(503, "read-only");
            Assert.Empty((await host.Http.GetAsync("/api/tokens", LoomJson.Default.TokenList)).Tokens);
            Assert.True((await host.Http.GetAsync("/api/log", LoomJson.Default.LogStatus)).ReadOnly);
            Assert.Equal(1, (await host.Http.GetAsync($"/api/actors/{kept}", LoomJson.Default.ActorDetail)).Revision);

            using var accepted = await host.Http.PostAsync("/api/journal/accept-rollback", null);
            Assert.Equal(2, (await accepted.ReadAsync(LoomJson.Default.LogStatus)).Epoch);
            Assert.Equal(2, (await host.Http.DoneAsync(kept, "deposit", """{"amount":"1"}""")).Revision);
            using var gone = await host.Http.GetAsync($"/api/actors/{lost}");
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
            Assert.Equal("ready", (await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Status);

            // The directory had seen more than there is now; it follows the journal, not its own memory.
            await Commands.UntilAsync(
                () => host.Http.GetAsync("/api/actors?type=account", LoomJson.Default.ActorList), l => l is { Lag: 0 } && l.Actors.All(a => a.Actor == kept && a.Revision == 2));
        }
    }

    [Fact]
    public void Work_that_is_behind_and_stands_still_is_told_from_work_that_moves()
    {
        var time = new ManualTime();
        var stall = new Stall(TimeSpan.FromSeconds(60), time);
        Assert.Null(stall.Look(behind: true, progress: 1));
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.Null(stall.Look(behind: true, progress: 2));
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.Null(stall.Look(behind: true, progress: 2));
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(TimeSpan.FromSeconds(61), stall.Look(behind: true, progress: 2));
        Assert.Null(stall.Look(behind: false, progress: 2));
        Assert.Null(stall.Look(behind: true, progress: 2));
    }

    private static async Task FlushAsync(RunningHost host)
    {
        using var answer = await host.Http.PostAsync("/api/log/flush", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
