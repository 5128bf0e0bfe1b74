using Loom.Samples.ExpenseDeclarations;

namespace Loom.Cli.Tests.Online;

[Collection(HostCollection.Name)]
public sealed class ImportTests(HostFixture fixture)
{
    private const int Cases = 20;

    private async Task<string> LogAsync()
    {
        var file = fixture.Folder["log.xes"];
        await using var stream = File.Create(file);
        await DemoLog.WriteAsync(stream, seed: 7, Cases, default);
        return file;
    }

    private Task<Ran> ImportAsync(string file, params string[] more) =>
        fixture.Host.LoomAsync(["import", "xes", file, "--resource-key", DemoLog.ResourceKey, "--amount-key", DemoLog.AmountKey, .. more]);

    [Fact]
    public async Task Every_case_becomes_an_actor_and_the_report_is_an_actor_too()
    {
        var file = await LogAsync();
        var done = (await ImportAsync(file, "--set", "fourEyes=on", "--id", "cli", "--json")).Json();
        Assert.Equal(Cases, done.GetProperty("cases").GetInt32());
        Assert.Equal(done.GetProperty("steps").GetInt32(), done.GetProperty("accepted").GetInt32() + done.GetProperty("refused").GetInt32());
        var report = (await fixture.Host.LoomAsync("show", "import-cli", "--json")).Json().GetProperty("state");
        Assert.Equal(("finished", "log.xes"), (report.GetProperty("status").GetString(), report.GetProperty("file").GetString()));
        Assert.Contains("\"fourEyes\":\"on\"", (await fixture.Host.LoomAsync("history", "import-cli", "--bodies")).Good(), StringComparison.Ordinal);

        // The same import again is done before, step by step: nothing is written.
        Assert.Equal(done.GetRawText(), (await ImportAsync(file, "--set", "fourEyes=on", "--id", "cli", "--json")).Json().GetRawText());
    }

    [Theory]
    [InlineData("--set", "fourEyes=maybe", 2, "declaration's import setting 'fourEyes' cannot be 'maybe': it takes on or off.")]
    [InlineData("--set", "foureyes=on", 2, "declaration has no import setting 'foureyes'. It has: fourEyes.")]
    [InlineData("--set", "fourEyes", 64, "--set takes KEY=VALUE, not 'fourEyes'.")]
    [InlineData("--machine", "account", 2, "account@1 has no mapping of event logs (Machine.LogMapping). (invalid-request)")]
    [InlineData("--machine", "nothing", 1, "(unknown-actor-type)")]
    public async Task A_wrong_setting_is_refused_before_the_first_step(string option, string value, int exit, string reason)
    {
        var ran = await ImportAsync(await LogAsync(), option, value);
        Assert.Equal(exit, ran.Exit);
        Assert.Contains(reason, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_XES_is_malformed_and_a_missing_one_is_named()
    {
        var ran = await ImportAsync(fixture.Folder.Write("no.xes", "{}"));
        Assert.Equal(2, ran.Exit);
        Assert.Contains("The file is no XES", ran.Error, StringComparison.Ordinal);
        var missing = await ImportAsync(fixture.Folder["missing.xes"]);
        Assert.Equal(2, missing.Exit);
        Assert.Contains("does not exist.", missing.Error, StringComparison.Ordinal);
    }
}
