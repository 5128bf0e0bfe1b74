namespace Loom.Cli.Tests.Online;

[Collection(HostCollection.Name)]
public sealed class SendTests(HostFixture fixture)
{
    private Task<Ran> SendAsync(string actor, params string[] args) => fixture.Host.LoomAsync(["send", actor, .. args]);

    [Fact]
    public async Task A_command_is_answered_with_its_place_and_link_and_done_once_per_id()
    {
        Assert.StartsWith("done: account-once at revision 0, 1 event\nlink ", (await SendAsync("account-once", "open", """{"owner":"o"}""")).Good(), StringComparison.Ordinal);
        var first = await SendAsync("account-once", "deposit", """{"amount":"5"}""", "--id", "d1");
        var again = await SendAsync("account-once", "deposit", """{"amount":"5"}""", "--id", "d1");
        Assert.StartsWith("done: account-once at revision 1, 1 event\n", first.Good(), StringComparison.Ordinal);
        Assert.Equal(first.Out.Replace("done:", "done before:", StringComparison.Ordinal), again.Good());
        var other = await SendAsync("account-once", "deposit", """{"amount":"6"}""", "--id", "d1");
        Assert.Equal(1, other.Exit);
        Assert.Contains("(command-id-reused)", other.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "(rejected: not-open)", "account-no", "deposit", """{"amount":"1"}""")]
    [InlineData(1, "account-no is not born yet; the command expects revision 7.", "account-no", "open", """{"owner":"o"}""", "--expect", "7")]
    [InlineData(1, "This host runs no actor type 'nothing'. It runs: account, declaration, import. (unknown-actor-type)", "nothing-1", "open")]
    [InlineData(2, "account@1 has no command 'fly'.", "account-no", "fly")]
    [InlineData(2, "(malformed-json)", "account-no", "open", """{"owner":""")]
    [InlineData(2, "It takes no member 'ownr'. (invalid-command)", "account-no", "open", """{"owner":"o","ownr":"p"}""")]
    [InlineData(2, "It lacks 'owner'. (invalid-command)", "account-no", "open", "{}")]
    [InlineData(2, "What stands at $.owner is of another kind than expected there. (invalid-command)", "account-no", "open", """{"owner":[]}""")]
    [InlineData(2, "no-such-file.json does not exist.", "account-no", "open", "@no-such-file.json")]
    [InlineData(64, "'alice' is no actor: expected TYPE-ID", "alice", "open")]
    public async Task What_cannot_be_done_is_refused_with_its_reason_and_its_exit_code(int exit, string reason, string actor, params string[] args)
    {
        var ran = await SendAsync(actor, args);
        Assert.Equal((exit, ""), (ran.Exit, ran.Out));
        Assert.Contains(reason, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_revision_says_where_the_actor_is()
    {
        (await SendAsync("account-stale", "open", """{"owner":"o"}""", "--expect", "-1")).Good();
        var stale = await SendAsync("account-stale", "deposit", """{"amount":"1"}""", "--expect", "-1");
        Assert.Equal(1, stale.Exit);
        Assert.Contains("account-stale is at revision 0; the command expects that it is not born yet.", stale.Error, StringComparison.Ordinal);
        Assert.Contains("(stale-revision)", stale.Error, StringComparison.Ordinal);
        (await SendAsync("account-stale", "deposit", """{"amount":"1"}""", "--expect", "0")).Good();
    }

    [Fact]
    public async Task A_body_may_come_from_a_file()
    {
        var file = fixture.Folder.Write("open.json", """{ "owner": "from a file" }""");
        (await SendAsync("account-file", "open", $"@{file}")).Good();
        Assert.Contains("\"owner\": \"from a file\"", (await fixture.Host.LoomAsync("show", "account-file")).Good(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_principal_and_correlation_stand_in_the_history()
    {
        (await SendAsync("account-roles", "open", """{"owner":"o"}""", "--roles", "TELLER,CASHIER", "--as", "carol", "--correlation", "c-1")).Good();
        Assert.Contains("carol (CASHIER, TELLER)", (await fixture.Host.LoomAsync("history", "account-roles")).Good(), StringComparison.Ordinal);
        var json = (await fixture.Host.LoomAsync("history", "account-roles", "--json")).Json();
        Assert.Equal("c-1", json.GetProperty("transitions")[0].GetProperty("correlation").GetString());
    }

    [Fact]
    public async Task A_refusal_as_JSON_carries_code_and_exit_code()
    {
        var ran = await SendAsync("account-none", "deposit", """{"amount":"1"}""", "--json");
        var error = System.Text.Json.JsonDocument.Parse(ran.Error).RootElement.GetProperty("error");
        Assert.Equal(("rejected", "not-open", 1), (error.GetProperty("code").GetString(), error.GetProperty("rejection").GetString(), error.GetProperty("exitCode").GetInt32()));
    }
}
