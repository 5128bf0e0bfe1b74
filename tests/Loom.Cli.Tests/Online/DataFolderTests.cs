using Loom.Testing;

namespace Loom.Cli.Tests.Online;

/// <summary>What an operator does with a data folder while a host has it, and after.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly Folder _folder = new();

    private string Data => _folder["data"];

    public void Dispose() => _folder.Dispose();

    [ProgramFact("bash", "bash")]
    public async Task A_backup_of_a_running_host_restores_to_a_host_with_the_same_actors()
    {
        string state;
        await using (var host = await RunningHost.LoomRunAsync(Data))
        {
            (await host.LoomAsync("send", "account-b", "open", """{"owner":"b"}""")).Good();
            state = (await host.LoomAsync("show", "account-b", "--json")).Good();
            (await host.LoomAsync("export", "account-b", "-o", _folder["b.loom"])).Good();
            Assert.Contains("Backed up to", (await Ran.LoomAsync("journal", "backup", _folder["backup"], "--data", Data)).Good(), StringComparison.Ordinal);
            Assert.EndsWith("Sound.\n", (await Ran.LoomAsync("journal", "check", "--data", Data)).Good(), StringComparison.Ordinal);
            Assert.Matches("(?m)^account +1 +1$", (await Ran.LoomAsync("journal", "stats", "--data", Data)).Good());
            (await Ran.LoomAsync("journal", "export", "--data", Data, "-o", _folder["j.ndjson"])).Good();
            await SecondAsync();
            Assert.Equal(130, await host.SignalAsync("TERM"));
        }

        (await Ran.LoomAsync("journal", "restore", _folder["backup"], "--data", _folder["restored"])).Good();
        Assert.EndsWith("Sound.\n", (await Ran.LoomAsync("journal", "check", "--data", _folder["restored"])).Good(), StringComparison.Ordinal);
        await using (var host = await RunningHost.LoomRunAsync(_folder["restored"]))
        {
            Assert.Equal(state, (await host.LoomAsync("show", "account-b", "--json")).Good());
            (await host.LoomAsync("trust", "export", "-o", _folder["trust.json"])).Good();
            (await Ran.LoomAsync("verify", _folder["b.loom"], "--trust", _folder["trust.json"])).Good();
        }

        (await Ran.LoomAsync("journal", "import", _folder["j.ndjson"], "--data", _folder["imported"])).Good();
        Assert.Matches("(?m)^account +1 +1$", (await Ran.LoomAsync("journal", "stats", "--data", _folder["imported"])).Good());
    }

    /// <summary>Whoever wants to write beside the host is refused with its process; the host goes on.</summary>
    private async Task SecondAsync()
    {
        var import = await Ran.LoomAsync("journal", "import", _folder["j.ndjson"], "--data", Data);
        Assert.Equal(1, import.Exit);
        Assert.Contains("is in use by process", import.Error, StringComparison.Ordinal);
        var second = await ChildOf.DotNetAsync(_folder.Root, new Dictionary<string, string?>(), ChildOf.LoomDll, "run", "--data", Data, "--urls", "http://127.0.0.1:0");
        Assert.Equal(75, second.Exit);
        Assert.Contains("Loom does not start. The journal in ", second.Error, StringComparison.Ordinal);
        Assert.Contains("is in use by process", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_host_at_one_address_and_a_bad_configuration_are_refused_with_the_reason()
    {
        await using var host = await RunningHost.LoomRunAsync(Data);
        var taken = await ChildOf.DotNetAsync(_folder.Root, new Dictionary<string, string?>(), ChildOf.LoomDll, "run", "--data", _folder["other"], "--urls", host.Address);
        Assert.Equal(75, taken.Exit);
        Assert.Contains("or choose another address with --urls.", taken.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", taken.Out + taken.Error, StringComparison.Ordinal);
        var config = _folder.Write("bad.json", "{\n  \"samples\": \"perhaps\"\n}");
        var bad = await ChildOf.DotNetAsync(_folder.Root, new Dictionary<string, string?>(), ChildOf.LoomDll, "run", "--data", _folder["other"], "--config", config);
        Assert.Equal(64, bad.Exit);
        Assert.Contains($"{config}, line 2: samples: 'perhaps' is neither true nor false.", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_imports_what_it_invents_and_a_second_one_finds_it_there()
    {
        string[] demo = ["demo", "--exit-after-import", "--no-open", "--cases", "20", "--data", Data, "--urls", "http://127.0.0.1:0", "--prover", "/nowhere/loom-prover"];
        var first = (await Ran.LoomAsync(demo)).Good();
        Assert.Contains("Proofs are left out: there is no loom-prover", first, StringComparison.Ordinal);
        Assert.Contains("Imported 20 cases, ", first, StringComparison.Ordinal);
        var second = await Ran.LoomAsync([.. demo, "--json"]);
        Assert.Equal(20, second.Json().GetProperty("declarations").GetInt32());
        Assert.Contains("20 declarations from before", second.Error, StringComparison.Ordinal);
    }

    [ProverFact]
    public async Task The_demo_shows_receipts_arriving_and_its_bundle_is_proven()
    {
        string[] demo = ["demo", "--exit-after-import", "--no-open", "--cases", "5", "--data", Data, "--urls", "http://127.0.0.1:0", "--prover", ProverProgram.Path!];
        var first = (await Ran.LoomAsync(demo)).Good();
        Assert.Matches(@"ledger-alice at revision 0 proven, \d+\.\d s, \d+ KB \(operator asked for it\)", first);
        Assert.Matches(@"ledger-alice at revision 1 proven, \d+\.\d s, \d+ KB \(command.amount >= 1000 holds\)", first);
        Assert.Matches(@"loom verify ledger-alice.loom: proven \(image id [0-9a-f]{64}; set proven: 10\d bits proven, \d+ conjectured\)", first);
        Assert.Contains("loom verify ledger-bob.loom: not covered: ", first, StringComparison.Ordinal);
        (await Ran.LoomAsync("verify", Path.Combine(Data, "ledger-alice.loom"), "--trust", Path.Combine(Data, "trust.json"))).Good();

        var again = (await Ran.LoomAsync([.. demo, "--json"])).Json().GetProperty("proofs");
        Assert.Equal(2, again.GetProperty("receipts").GetArrayLength()); // the ones from before
        Assert.StartsWith("proven (image id ", again.GetProperty("proven").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:80;http://127.0.0.1:81")]
    [InlineData("https://127.0.0.1:1")]
    [InlineData("nonsense")]
    public async Task The_demo_names_an_address_that_is_none(string urls)
    {
        var ran = await Ran.LoomAsync("demo", "--exit-after-import", "--data", Data, "--urls", urls);
        Assert.Equal(64, ran.Exit);
        Assert.Contains("is no address to listen on.", ran.Error, StringComparison.Ordinal);
    }
}
