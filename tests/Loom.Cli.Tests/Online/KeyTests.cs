namespace Loom.Cli.Tests.Online;

/// <summary>Keys change for the whole log, so these hosts are their own.</summary>
public sealed class KeyTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<Ran> VerifyAsync(string bundle, string trust) => Ran.LoomAsync("verify", _folder[bundle], "--trust", _folder[trust]);

    [Fact]
    public async Task Bundles_of_before_and_after_a_rotation_verify_and_a_revoked_key_is_believed_up_to_its_size_only()
    {
        await using var host = await RunningHost.LoomRunAsync(_folder["data"]);
        (await host.LoomAsync("send", "account-a", "open", """{"owner":"a"}""")).Good();
        var before = (await host.LoomAsync("export", "account-a", "-o", _folder["before.loom"], "--json")).Json()[0].GetProperty("treeSize").GetInt64();

        var old = (await host.LoomAsync("key", "list", "--json")).Json().GetProperty("keys")[0].GetProperty("name").GetString()!;
        var keys = (await host.LoomAsync("key", "rotate")).Good();
        Assert.Contains("retired", keys, StringComparison.Ordinal);
        Assert.Contains("in use", keys, StringComparison.Ordinal);
        (await host.LoomAsync("send", "account-a", "deposit", """{"amount":"1"}""")).Good();
        (await host.LoomAsync("export", "account-a", "-o", _folder["after.loom"])).Good();

        (await host.LoomAsync("trust", "export", "-o", _folder["both.json"])).Good();
        (await VerifyAsync("before.loom", "both.json")).Good();
        (await VerifyAsync("after.loom", "both.json")).Good();

        var revoked = (await host.LoomAsync("key", "revoke", old, "--after-size", $"{before - 1}", "--reason", "copied")).Good();
        Assert.Contains("revoked", revoked, StringComparison.Ordinal);
        Assert.Contains($"revoked after size {before - 1}", (await host.LoomAsync("trust", "export", "-o", _folder["revoked.json"])).Good(), StringComparison.Ordinal);
        var no = await VerifyAsync("before.loom", "revoked.json");
        Assert.Equal(1, no.Exit);
        Assert.Contains("FALSE       signed by", no.Out, StringComparison.Ordinal);
        (await VerifyAsync("after.loom", "revoked.json")).Good();

        var unknown = await host.LoomAsync("key", "revoke", "ffffffff", "--after-size", "1");
        Assert.Equal(1, unknown.Exit);
        Assert.Contains("The log has no key 'ffffffff'; 'loom key list'", unknown.Error, StringComparison.Ordinal);
    }
}
