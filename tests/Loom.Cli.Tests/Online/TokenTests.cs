namespace Loom.Cli.Tests.Online;

/// <summary>A host that asks for tokens: the first one lies in its data folder, the others are made with it.</summary>
public sealed class TokenTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tokens_are_created_used_and_revoked()
    {
        await using var host = await RunningHost.LoomRunAsync(_folder["data"], new Dictionary<string, string?> { ["LOOM_AUTH_MODE"] = "token" });
        var first = (await File.ReadAllTextAsync(_folder["data/operator.token"])).Trim();
        var stranger = await host.LoomAsync("actors");
        Assert.Equal(1, stranger.Exit);
        Assert.Contains("Come with a token: --token or LOOM_TOKEN", stranger.Error, StringComparison.Ordinal);

        var created = await host.LoomAsync("token", "create", "anna", "--role", "auditor", "--role", "service", "--app-role", "BUDGET OWNER", "--days", "3", "--token", first);
        var secret = created.Good().Trim();
        Assert.Contains("it is shown this once", created.Error, StringComparison.Ordinal);
        var list = await host.LoomAsync("token", "list", "--token", first);
        Assert.Contains("anna      auditor, service  BUDGET OWNER", list.Good(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, list.Out, StringComparison.Ordinal);

        (await host.LoomAsync("send", "account-t", "open", """{"owner":"t"}""", "--token", secret)).Good();
        Assert.Contains("anna (BUDGET OWNER)", (await host.LoomAsync("history", "account-t", "--token", secret)).Good(), StringComparison.Ordinal);
        foreach (var refused in new string[][] { ["token", "list"], ["send", "account-t", "deposit", """{"amount":"1"}""", "--as", "bob"], ["send", "account-t", "deposit", """{"amount":"1"}""", "--roles", "DIRECTOR"] })
        {
            var no = await host.LoomAsync([.. refused, "--token", secret]);
            Assert.Equal(1, no.Exit);
            Assert.Contains("(forbidden)", no.Error, StringComparison.Ordinal);
        }

        var id = secret.Split('_')[1];
        Assert.Equal($"Revoked {id}.\n", (await host.LoomAsync("token", "revoke", id, "--token", first)).Good());
        Assert.Equal(1, (await host.LoomAsync("show", "account-t", "--token", secret)).Exit);
        var again = await host.LoomAsync("token", "revoke", id, "--token", first);
        Assert.Equal(1, again.Exit);
        Assert.Contains("'loom token list'", again.Error, StringComparison.Ordinal);
    }
}
