using Loom.Api;
using Loom.Blobs.Tests.Servers;
using Loom.Hosting;

namespace Loom.Host.Tests.Configuration;

/// <summary>Blobs in an object store, by configuration alone.</summary>
public sealed class BlobStoreTests : IDisposable
{
    private static readonly string Body = $$"""{"amount":"5","reference":"{{new string('r', 50_000)}}"}""";
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("s3")]
    [InlineData("azure")]
    [InlineData("azure-token")]
    public async Task Large_commands_go_to_the_store_that_is_configured_and_come_back_after_a_restart(string kind)
    {
        await using LocalServer server = kind == "s3" ? new S3Server() : new AzureServer();
        await server.StartAsync();
        var args = Arguments(kind, server.Address, secret: null);
        string actor;
        await using (var host = await RunningHost.StartOnAsync(_folder["data"], args))
        {
            actor = await host.Http.AccountAsync(deposits: 0);
            await host.Http.DoneAsync(actor, "deposit", Body);
        }

        Assert.StartsWith("commands/", Assert.Single(server.Objects).Key, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder["data"], "blobs")));
        await using var again = await RunningHost.StartOnAsync(_folder["data"], args);
        var item = (await again.Http.GetAsync($"/api/actors/{actor}/transitions", LoomJson.Default.TransitionList)).Transitions[^1];
        Assert.Equal(Body.Length, item.CommandBody!.Value.GetRawText().Length);
    }

    [Fact]
    public async Task A_store_that_refuses_makes_large_commands_unavailable_and_no_others()
    {
        await using var server = new S3Server();
        await server.StartAsync();
        await using var host = await RunningHost.StartOnAsync(_folder["data"], Arguments("s3", server.Address, "another-secret"));
        var actor = await host.Http.AccountAsync(deposits: 1);
        using var refused = await host.Http.CommandAsync(actor, "deposit", Body);
        Assert.DoesNotContain("another-secret", (await refused.ProblemAsync(503, "blobs-unavailable")).Detail, StringComparison.Ordinal);
        Assert.Empty(server.Objects);
    }

    [Theory]
    [InlineData("--blobs.store", "s3")]
    [InlineData("--blobs.store", "s3", "--blobs.address", "https://127.0.0.1/")]
    [InlineData("--blobs.store", "azure", "--blobs.address", "https://127.0.0.1/x")]
    [InlineData("--blobs.store", "azure", "--blobs.address", "https://127.0.0.1/x", "--blobs.credentialFile", "/nowhere")]
    public async Task What_is_missing_keeps_the_host_from_starting_and_is_named(params string[] args)
    {
        var e = await Assert.ThrowsAsync<StartupException>(() => RunningHost.StartOnAsync(_folder["data"], args));
        Assert.Contains("blobs.", e.Message, StringComparison.Ordinal);
    }

    private string[] Arguments(string kind, Uri server, string? secret)
    {
        var file = _folder["credential"];
        File.WriteAllLines(file, kind switch
        {
            "s3" => [S3Server.AccessKey, secret ?? S3Server.SecretKey],
            "azure" => [AzureServer.Account, AzureServer.Key],
            _ => [$"{server}tenant/oauth2/v2.0/token", AzureServer.ClientId, AzureServer.ClientSecret],
        });
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var path = kind == "s3" ? S3Server.Bucket : $"{AzureServer.Account}/{AzureServer.Container}";
        return ["--blobs.store", kind == "s3" ? "s3" : "azure", "--blobs.address", $"{server}{path}", "--blobs.region", S3Server.Region, "--blobs.credentialFile", file];
    }
}
