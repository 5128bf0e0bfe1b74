using System.Diagnostics;
using Loom.Testing;

namespace Loom.Cli.Tests.Machines;

/// <summary>The five-line host of <c>samples/OwnHost</c>, started as its README says.</summary>
public sealed class OwnHostTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_host_of_ones_own_runs_its_machine_beside_the_samples_and_serves_the_console()
    {
        await using var host = await RunningHost.StartAsync(_folder["data"], new Dictionary<string, string?>(), Program);
        (await host.LoomAsync("send", "turnstile-north", "pay-fare")).Good();
        (await host.LoomAsync("send", "turnstile-north", "push")).Good();
        Assert.Contains("turnstile-north  closed", (await host.LoomAsync("show", "turnstile-north")).Good(), StringComparison.Ordinal);
        var types = (await host.LoomAsync("actors", "--types")).Good();
        Assert.Contains("turnstile@1", types, StringComparison.Ordinal);
        Assert.Contains("account@1", types, StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Contains("<!DOCTYPE html>", await http.GetStringAsync(new Uri(host.Address)), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_activity_survives_kill_9_comes_back_once_and_is_never_repeated()
    {
        var pager = new Dictionary<string, string?> { ["TURNSTILE_PAGER"] = _folder["pager"] };
        string key;
        await using (var host = await RunningHost.StartAsync(_folder["data"], pager, Program))
        {
            (await host.LoomAsync("send", "turnstile-north", "call-help")).Good();
            key = await PagedAsync(1);
            await host.SignalAsync("KILL");
        }

        // The host died in the middle of the attempt; the attendant answers while nobody runs.
        await File.WriteAllTextAsync(_folder[$"pager/{key}.answer"], "Ada\n");
        await using (var again = await RunningHost.StartAsync(_folder["data"], pager, Program))
        {
            Assert.Equal(key, await PagedAsync(2));
            await UntilAsync(async () => (await again.LoomAsync("show", "turnstile-north")).Good().Contains("Ada comes", StringComparison.Ordinal));
            await again.SignalAsync("KILL");
        }

        // What saves work is lost too: the journal alone says that the outcome is there.
        Directory.Delete(_folder["data/state"], recursive: true);
        await using var last = await RunningHost.StartAsync(_folder["data"], pager, Program);
        (await last.LoomAsync("send", "turnstile-south", "call-help")).Good();
        Assert.NotEqual(key, await PagedAsync(3));
        Assert.Single((await last.LoomAsync("history", "turnstile-north")).Good().Split('\n'), line => line.Contains("loom.activityCompleted", StringComparison.Ordinal));
    }

    private static string Program => ChildOf.LoomDll.Replace(Path.Combine("src", "Loom.Cli"), Path.Combine("samples", "OwnHost"), StringComparison.Ordinal).Replace("loom.dll", "OwnHost.dll", StringComparison.Ordinal);

    // The key of the newest page, once there are so many.
    private async Task<string> PagedAsync(int count)
    {
        string[] lines = [];
        await UntilAsync(() =>
        {
            lines = File.Exists(_folder["pager/pages.txt"]) ? File.ReadAllLines(_folder["pager/pages.txt"]) : [];
            return Task.FromResult(lines.Length >= count);
        });
        Assert.Equal(count, lines.Length);
        return lines[^1].Split(' ')[0];
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var waited = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(10), "it never came to be");
            await Task.Delay(50);
        }
    }

    [Fact]
    public void It_is_five_lines() =>
        Assert.True(File.ReadAllLines(Path.Combine(TestData.Root, "samples", "OwnHost", "Program.cs")).Length <= 5);
}
