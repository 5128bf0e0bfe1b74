using System.Text.Json;

namespace Loom.Cli.Tests.Online;

[Collection(HostCollection.Name)]
public sealed class ReadTests(HostFixture fixture)
{
    private Task<Ran> LoomAsync(params string[] args) => fixture.Host.LoomAsync(args);

    private async Task<string> AccountAsync(string name, int deposits)
    {
        var actor = $"account-{name}";
        (await LoomAsync("send", actor, "open", $$"""{"owner":"{{name}}"}""")).Good();
        for (var n = 1; n <= deposits; n++)
        {
            (await LoomAsync("send", actor, "deposit", $$"""{"amount":"{{n}}"}""")).Good();
        }

        return actor;
    }

    [Fact]
    public async Task Show_has_state_head_and_count()
    {
        var shown = (await LoomAsync("show", await AccountAsync("show", 1))).Good();
        Assert.StartsWith("account-show  open\n", shown, StringComparison.Ordinal);
        Assert.Contains("revision  1, 2 transitions", shown, StringComparison.Ordinal);
        Assert.Contains("\"balance\": \"1\"", shown, StringComparison.Ordinal);
        var absent = await LoomAsync("show", "account-absent");
        Assert.Equal(1, absent.Exit);
        Assert.Contains("There is no account-absent", absent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Actors_are_filtered_and_paged()
    {
        await AccountAsync("page1", 0);
        await AccountAsync("page2", 0);
        await CaughtUpAsync();
        var page = (await LoomAsync("actors", "page", "--type", "account", "--order", "name", "--take", "1")).Good();
        Assert.Contains("account-page1  open", page, StringComparison.Ordinal);
        Assert.DoesNotContain("account-page2", page, StringComparison.Ordinal);
        Assert.EndsWith("1 to 1 of 2; more with --skip 1\n", page, StringComparison.Ordinal);
        Assert.Contains("account-page2", (await LoomAsync("actors", "page", "--order", "name", "--skip", "1")).Good(), StringComparison.Ordinal);
        Assert.Equal("No actors.\n", (await LoomAsync("actors", "page", "--label", "closed")).Good());
    }

    [Fact]
    public async Task Types_list_their_commands()
    {
        var types = (await LoomAsync("actors", "--types")).Good();
        Assert.Contains("deposit                Pay money in", types, StringComparison.Ordinal);
        Assert.Contains("declaration@1", types, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_goes_both_ways_page_by_page_and_shows_bodies()
    {
        var actor = await AccountAsync("history", 3);
        var first = (await LoomAsync("history", actor, "--count", "2")).Good();
        Assert.EndsWith("More with --from 2, all with --count 0.\n", first, StringComparison.Ordinal);
        var rest = (await LoomAsync("history", actor, "--from", "2", "--bodies")).Good();
        Assert.Contains("3  deposit {\"amount\":\"3\"}", rest, StringComparison.Ordinal);
        Assert.Contains("3    deposited.v1 {\"amount\":\"3\"", rest, StringComparison.Ordinal);
        var all = (await LoomAsync("history", actor, "--newest-first", "--count", "0", "--json")).Json().GetProperty("transitions");
        Assert.Equal([3, 2, 1, 0], all.EnumerateArray().Select(t => t.GetProperty("revision").GetInt64()));
    }

    [Fact]
    public async Task Replay_to_each_revision_rebuilds_the_state_of_that_time()
    {
        var actor = await AccountAsync("replay", 3);
        for (var n = 0; n <= 3; n++)
        {
            var then = (await LoomAsync("replay", actor, "--to", $"{n}", "--json")).Json();
            Assert.Equal($"{n * (n + 1) / 2}", then.GetProperty("state").GetProperty("balance").GetString());
            Assert.True(then.GetProperty("agrees").GetBoolean());
        }

        var now = (await LoomAsync("show", actor, "--json")).Json().GetProperty("state").GetRawText();
        Assert.Equal(now, (await LoomAsync("replay", actor, "--json")).Json().GetProperty("state").GetRawText());
        var beyond = await LoomAsync("replay", actor, "--to", "9");
        Assert.Equal(2, beyond.Exit);
        Assert.Contains("account-replay has revisions 0 to 3, and no 9.", beyond.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tail_until_caught_up_shows_what_is_durable_and_ends()
    {
        var actor = await AccountAsync("tail", 2);
        var lines = (await LoomAsync("tail", "--stream", actor, "--from", "start", "--until-caught-up")).Good().TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Contains("account-tail@2  deposited.v1  by operator  {\"amount\":\"2\"", lines[2], StringComparison.Ordinal);
        var json = (await LoomAsync("tail", "--stream", actor, "--from", "start", "--until-caught-up", "--json")).Good().TrimEnd().Split('\n');
        Assert.Equal([0, 1, 2], json.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("revision").GetInt32()));
    }

    [Fact]
    public async Task A_cancelled_tail_exits_130()
    {
        using var cancel = new CancellationTokenSource();
        var tail = Ran.LoomAsync(cancel.Token, "tail", "--host", fixture.Host.Address);
        await cancel.CancelAsync();
        Assert.Equal(130, (await tail).Exit);
    }

    [Fact]
    public async Task A_rebuilt_projection_lists_the_same_actors()
    {
        await AccountAsync("rebuilt", 0);
        Assert.Equal("Rebuilt actors.\n", (await LoomAsync("projections", "rebuild", "actors")).Good());
        await CaughtUpAsync();
        Assert.Contains("account-rebuilt", (await LoomAsync("actors", "rebuilt")).Good(), StringComparison.Ordinal);
        Assert.Equal("running", (await LoomAsync("projections", "list")).Good().TrimEnd().Split(' ')[^1]);
        var none = await LoomAsync("projections", "rebuild", "nothing");
        Assert.Equal(1, none.Exit);
        Assert.Contains("There is no projection 'nothing'; there is actors.", none.Error, StringComparison.Ordinal);
    }

    /// <summary>The directory is a projection: it says how far behind the journal it is.</summary>
    private async Task CaughtUpAsync()
    {
        while ((await LoomAsync("actors", "--json")).Json().GetProperty("lag").GetInt64() > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
