using System.Text.Json;
using Loom.Testing;

namespace Loom.Cli.Tests.Proofs;

/// <summary><c>loom prove</c> and <c>loom receipts</c> against a host with the real prover.</summary>
public sealed class ProveTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ProverFact]
    public async Task A_transition_is_proven_waited_for_listed_fetched_exported_and_verified()
    {
        var config = _folder.Write("loom.json", JsonSerializer.Serialize(new
        {
            proving = new
            {
                prover = "program",
                program = ProverProgram.Path,
                policies = new { counter = new { prove = "when command.by >= 1000", set = "std" } },
                sets = new[] { "std" },
            },
            logging = new { level = "warning" },
        }));
        await using var host = await RunningHost.LoomRunAsync(_folder["data"], "--config", config);
        (await host.LoomAsync("module", "add", Path.Combine(TestData.Root, "samples", "modules", "counter.wasm"))).Good();
        (await host.LoomAsync("send", "counter-a", "increment", """{"by":5}""")).Good();
        (await host.LoomAsync("send", "counter-a", "increment", """{"by":1000}""")).Good();
        (await host.LoomAsync("send", "counter-a", "increment", """{"by":6}""")).Good();

        var asked = await host.LoomAsync("prove", "counter-a", "0", "--wait");
        Assert.Contains("counter-a at revision 0: attached since ", asked.Good(), StringComparison.Ordinal);
        Assert.Matches("counter-a at revision 0: (queued|running)", asked.Error); // the prover may have been faster than the answer
        var lines = (await host.LoomAsync("prove", "counter-a", "1", "--wait", "--json")).Good().Trim().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal("attached", lines[^1].GetProperty("state").GetString());
        var link = lines[^1].GetProperty("link").GetString()!;

        await QueueAsync(host, link);
        await FetchAsync(host, link);
        await BundleAsync(host);
    }

    private static async Task QueueAsync(RunningHost host, string link)
    {
        Assert.Equal(2, (await host.LoomAsync("prove", "list", "--state", "attached", "--json")).Json().GetProperty("proofs").GetArrayLength());
        Assert.Contains("More with --before ", (await host.LoomAsync("prove", "list", "--count", "1")).Good(), StringComparison.Ordinal);
        Assert.Contains($"link      {link}", (await host.LoomAsync("prove", "show", link)).Good(), StringComparison.Ordinal);
        Assert.Contains("image id", (await host.LoomAsync("prove", "show", "counter-a", "1")).Good(), StringComparison.Ordinal);
        var off = await host.LoomAsync("prove", "cancel", "counter-a", "1");
        Assert.Equal(1, off.Exit);
        Assert.Contains("job-done", off.Error, StringComparison.Ordinal);
        var nothing = await host.LoomAsync("prove", "show", "counter-a");
        Assert.Equal(1, nothing.Exit);
        Assert.Contains("unknown-proof", nothing.Error, StringComparison.Ordinal);
        Assert.Contains("has no revision 9", (await host.LoomAsync("prove", "counter-a", "9")).Error, StringComparison.Ordinal);
    }

    private async Task FetchAsync(RunningHost host, string link)
    {
        Assert.Matches(@"(?m)^1 .* std +59 +\d+ +\d+ +\d+\.\d ", (await host.LoomAsync("receipts", "counter-a")).Good());
        var list = (await host.LoomAsync("receipts", "counter-a", "--count", "1", "--json")).Json();
        var rest = (await host.LoomAsync("receipts", "counter-a", "--from", list.GetProperty("next").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture), "--json")).Json();
        var both = list.GetProperty("receipts").EnumerateArray().Concat(rest.GetProperty("receipts").EnumerateArray()).ToArray();
        Assert.Equal([0, 1], both.Select(r => r.GetProperty("revision").GetInt64()).Order());
        var id = both[0].GetProperty("imageId").GetString()!;

        var file = _folder["one.receipt"];
        Assert.Contains("counter-a at revision 1", (await host.LoomAsync("receipts", "get", link, "--out", file)).Good(), StringComparison.Ordinal);
        Assert.Equal(64, (await host.LoomAsync("receipts", "get", "counter-a", "1", "-o", file)).Exit);
        var none = await host.LoomAsync("receipts", "get", "counter-a", "2", "-o", _folder["none"]);
        Assert.Equal((1, false), (none.Exit, File.Exists(_folder["none"])));
        Assert.Contains("no-receipt", none.Error, StringComparison.Ordinal);

        // Image, input and output are attached: only the trust in the id is the stranger's own.
        Assert.Contains($"proven (image id {id}; set std: 59 bits proven", (await Ran.LoomAsync("receipts", "verify", file, "--image-id", id, "--set", "std")).Good(), StringComparison.Ordinal);
        var rust = await ChildOf.RunAsync(ProverProgram.Path!, _folder.Root, clean: false, new Dictionary<string, string?>(), "verify", file, "--image-id", id, "--params", "std");
        Assert.True(rust.Exit == 0, rust.Error);
    }

    private async Task BundleAsync(RunningHost host)
    {
        var (bundle, trust) = (_folder["a.loom"], _folder["trust.json"]);
        (await host.LoomAsync("export", "counter-a", "-o", bundle)).Good();
        (await host.LoomAsync("trust", "export", "-o", trust)).Good();
        var all = (await Ran.LoomAsync("receipts", "verify", bundle, "--trust", trust)).Good();
        Assert.Contains("counter-a at revision 0: proven (", all, StringComparison.Ordinal);
        Assert.Contains("counter-a at revision 1: proven (", all, StringComparison.Ordinal);
        Assert.Contains("not covered: 1 transition without a receipt.", all, StringComparison.Ordinal);
        Assert.Contains("In all: ", (await Ran.LoomAsync("receipts", "verify", bundle, "--trust", trust, "--revision", "1")).Good(), StringComparison.Ordinal);
        var uncovered = await Ran.LoomAsync("receipts", "verify", bundle, "--trust", trust, "--revision", "2");
        Assert.Equal(3, uncovered.Exit);
        Assert.Contains("it has no receipt", uncovered.Out, StringComparison.Ordinal);
        Assert.Contains("no transition that begins at revision 7", (await Ran.LoomAsync("receipts", "verify", bundle, "--trust", trust, "--revision", "7")).Error, StringComparison.Ordinal);
        var other = (await Ran.LoomAsync("receipts", "verify", bundle, "--image-id", new string('0', 64)));
        Assert.Equal(3, other.Exit);
    }
}
