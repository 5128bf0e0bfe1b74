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
        var program = ChildOf.LoomDll.Replace(Path.Combine("src", "Loom.Cli"), Path.Combine("samples", "OwnHost"), StringComparison.Ordinal).Replace("loom.dll", "OwnHost.dll", StringComparison.Ordinal);
        await using var host = await RunningHost.StartAsync(_folder["data"], new Dictionary<string, string?>(), program);
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
    public void It_is_five_lines() =>
        Assert.True(File.ReadAllLines(Path.Combine(TestData.Root, "samples", "OwnHost", "Program.cs")).Length <= 5);
}
