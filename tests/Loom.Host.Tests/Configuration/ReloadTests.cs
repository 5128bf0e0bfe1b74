using Loom.Api;
using Loom.Configuration;
using Microsoft.Extensions.Logging;

namespace Loom.Host.Tests.Configuration;

/// <summary>The file changes while the host runs.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_change_takes_effect_a_bad_one_does_not_and_a_setting_that_is_not_live_waits()
    {
        Write("""{"environment":"one"}""");
        await using var host = await RunningHost.StartAsync([], ["--config", _folder["loom.json"]], new Dictionary<string, string>());
        Assert.Equal("one", (await host.Http.GetAsync("/api/host", LoomJson.Default.HostInfo)).Environment);

        // Bad: what was in force stays, and health says where and why.
        Write("{\n\"environment\": \"two\",\n\"limits\": {\"body\": 1}}");
        var bad = await ConfigAsync(host, c => c.Problem is not null);
        Assert.Contains("line 3: limits.body: '1' is no integer", bad.Problem, StringComparison.Ordinal);
        Assert.Equal(("one", "file"), Value(bad, "environment"));
        var health = await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport);
        Assert.Equal("degraded", health.Status);
        Assert.Contains("line 3", Assert.Single(health.Checks, c => c.Name == "configuration").Message, StringComparison.Ordinal);

        // Good, but not live: named, and waiting.
        Write("""{"environment":"two"}""");
        var waiting = await ConfigAsync(host, c => c.Problem?.StartsWith("Takes effect", StringComparison.Ordinal) == true);
        Assert.Contains("environment", waiting.Problem, StringComparison.Ordinal);
        Assert.Equal(("one", "file"), Value(waiting, "environment"));

        // And well again.
        Write("""{"environment":"one"}""");
        await ConfigAsync(host, c => c.Problem is null);
        Assert.Equal("ready", (await host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Status);
    }

    [Fact]
    public async Task The_level_of_the_log_is_live()
    {
        Assert.Equal(["proving.policies", "logging.level"], ConfigSchema.All.Where(s => s.Live).Select(s => s.Name));
        Write("""{"logging":{"level":"error"}}""");
        await using var host = await RunningHost.StartOnAsync(_folder["data"], "--config", _folder["loom.json"]);
        var log = host.Service<ILoggerFactory>().CreateLogger("Loom.Test");
        Assert.False(log.IsEnabled(LogLevel.Debug)); // a flag of the test's host says error, and beats the file
        var live = Loom.Hosting.Configuration.LiveSettings.Load(["--config", _folder["loom.json"]], []);
        Assert.Equal("error", live.Now.Text("logging.level"));
        Write("""{"logging":{"level":"debug"}}""");
        Assert.True(live.Refresh());
        Assert.Equal(("debug", null), (live.Now.Text("logging.level"), live.Problem));
        File.Delete(_folder["loom.json"]);
        Assert.True(live.Refresh());
        Assert.Equal("debug", live.Now.Text("logging.level"));
        Assert.Contains("no such file", live.Problem, StringComparison.Ordinal);
    }

    private static Task<ConfigExplanation> ConfigAsync(RunningHost host, Func<ConfigExplanation, bool> wished) =>
        Commands.UntilAsync(() => host.Http.GetAsync("/api/config", LoomJson.Default.ConfigExplanation), wished);

    private static (string, string) Value(ConfigExplanation config, string name) => config.Settings.Where(s => s.Name == name).Select(s => (s.Value, s.Source)).Single();

    // In one step, as an editor does: the host must never see half a file.
    private void Write(string json)
    {
        File.WriteAllText(_folder["next"], json);
        File.Move(_folder["next"], _folder["loom.json"], overwrite: true);
    }
}
