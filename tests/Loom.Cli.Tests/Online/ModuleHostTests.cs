using System.Text.Json.Nodes;
using Loom.Testing;

namespace Loom.Cli.Tests.Online;

/// <summary><c>loom module add|list|use</c> against a running host.</summary>
[Collection(HostCollection.Name)]
public sealed class ModuleHostTests(HostFixture on) : IDisposable
{
    private readonly Folder _folder = new();

    private static string Sample(string name) => Path.Combine(TestData.Root, "samples", "modules", name);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_module_is_checked_registered_listed_and_runs()
    {
        var check = await on.Host.LoomAsync("module", "add", Sample("debt-to-income.wasm"), "--check");
        Assert.StartsWith("good: it may be registered", check.Good(), StringComparison.Ordinal);
        var added = (await on.Host.LoomAsync("module", "add", Sample("debt-to-income.wasm"), "--manifest", Sample("debt-to-income.module.json"))).Good();
        Assert.StartsWith("registered: debt-to-income@1, decides for ", added, StringComparison.Ordinal);
        Assert.Contains("exports   loom_main () -> ()", added, StringComparison.Ordinal);
        Assert.Contains("provable  yes", added, StringComparison.Ordinal);
        Assert.StartsWith("registered before", (await on.Host.LoomAsync("module", "add", Sample("debt-to-income.wasm"))).Good(), StringComparison.Ordinal);

        var type = JsonNode.Parse(await File.ReadAllTextAsync(Sample("debt-to-income.module.json")))!["actorType"]!.GetValue<string>();
        var sent = await on.Host.LoomAsync("send", $"{type}-ada", "assess", """{"applicant":"Ada","income":"500000","debts":[]}""");
        Assert.StartsWith($"done: {type}-ada at revision 0", sent.Good(), StringComparison.Ordinal);
        var list = (await on.Host.LoomAsync("module", "list")).Good();
        Assert.Contains("debt-to-income@1", list, StringComparison.Ordinal);
        Assert.Contains("in use", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_stand_side_by_side_and_one_is_chosen()
    {
        Assert.Contains("decides for counter", (await on.Host.LoomAsync("module", "add", Sample("counter.wasm"))).Good(), StringComparison.Ordinal);
        Assert.Contains("'loom module use counter-c@1'", (await on.Host.LoomAsync("module", "add", Sample("counter-c.wasm"))).Good(), StringComparison.Ordinal);
        Assert.StartsWith("counter-c@1 decides for counter.", (await on.Host.LoomAsync("module", "use", "counter-c@1")).Good(), StringComparison.Ordinal);
        var versions = (await on.Host.LoomAsync("module", "list", "counter", "--json")).Json().GetProperty("modules");
        Assert.False(Assert.Single(versions.EnumerateArray()).GetProperty("current").GetBoolean());
        var unknown = await on.Host.LoomAsync("module", "use", "nobody@1");
        Assert.Equal(1, unknown.Exit);
        Assert.Contains("unknown-module", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(64, (await on.Host.LoomAsync("module", "use", "counter")).Exit);
    }

    [Fact]
    public async Task Refusals_are_named_by_their_rule()
    {
        var broken = _folder.Write("broken.wasm", [.. (await File.ReadAllBytesAsync(Sample("echo.wasm"))).Take(1000)]);
        var cut = JsonNode.Parse(await File.ReadAllTextAsync(Sample("echo.module.json")))!.AsObject();
        cut.Remove("sha256");
        var manifest = _folder.Write("broken.module.json", cut.ToJsonString());
        var refused = await on.Host.LoomAsync("module", "add", broken);
        Assert.Equal(2, refused.Exit);
        Assert.Contains("module-invalid", refused.Error, StringComparison.Ordinal);
        var report = await on.Host.LoomAsync("module", "add", broken, "--manifest", manifest, "--check");
        Assert.Equal(1, report.Exit);
        Assert.Contains("refused   module-invalid: ", report.Out, StringComparison.Ordinal);

        var differs = await on.Host.LoomAsync("module", "add", Sample("echo.wasm"), "--manifest", Sample("echo-assemblyscript.module.json"));
        Assert.Contains("module-hash-differs", differs.Error, StringComparison.Ordinal);
        cut["capabilities"] = new JsonArray("clock");
        var greedy = await on.Host.LoomAsync("module", "add", Sample("echo.wasm"), "--manifest", _folder.Write("greedy.json", cut.ToJsonString()), "--json");
        Assert.Equal(2, greedy.Exit);
        Assert.Contains("machine-imports-only", greedy.Error, StringComparison.Ordinal);
        Assert.Equal(64, (await on.Host.LoomAsync("module", "add", _folder.Write("alone.wasm", "x"))).Exit);
        Assert.DoesNotContain("echo@1", (await on.Host.LoomAsync("module", "list")).Good(), StringComparison.Ordinal);
    }
}
