using Loom.Api;

namespace Loom.Host.Tests.Api;

/// <summary>Commands above 32 KiB over the API: done, shown, exported, verified; and named where their blob is gone or changed.</summary>
public sealed class LargeCommandTests
{
    private static readonly string Body = $$"""{"amount":"5","reference":"{{new string('r', 100_000)}}"}""";

    [Fact]
    public async Task A_large_command_is_done_shown_and_travels_in_the_bundle()
    {
        await using var host = await RunningHost.StartAsync();
        var actor = await host.Http.AccountAsync(deposits: 0);
        await host.Http.DoneAsync(actor, "deposit", Body);
        var items = (await host.Http.GetAsync($"/api/actors/{actor}/transitions", LoomJson.Default.TransitionList)).Transitions;
        Assert.Equal((Body.Length, (string?)null), (items[^1].CommandBody!.Value.GetRawText().Length, items[^1].CommandProblem));
        Assert.Single(Directory.GetFiles(Path.Combine(host.Data, "blobs", "commands"), "*", SearchOption.AllDirectories));

        using var answer = await host.Http.PostAsync("/api/verify", Json.Bytes(await host.Http.GetByteArrayAsync($"/api/actors/{actor}/bundle")));
        var result = await answer.ReadAsync(LoomJson.Default.VerifyResult);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(result.Claims, c => c.Claim.Contains("disclosed", StringComparison.Ordinal) && c.Outcome == "holds");
    }

    [Theory]
    [InlineData(true, "command-blob-missing")]
    [InlineData(false, "command-blob-wrong")]
    public async Task A_missing_or_changed_blob_is_named_and_everything_else_goes_on(bool missing, string code)
    {
        using var folder = new Folder();
        string actor;
        await using (var host = await RunningHost.StartOnAsync(folder["data"]))
        {
            actor = await host.Http.AccountAsync(deposits: 0);
            await host.Http.DoneAsync(actor, "deposit", Body);
        }

        var blob = Assert.Single(Directory.GetFiles(Path.Combine(folder["data"], "blobs", "commands"), "*", SearchOption.AllDirectories));
        if (missing)
        {
            File.Delete(blob);
        }
        else
        {
            await File.WriteAllTextAsync(blob, Body.Replace("\"5\"", "\"6\"", StringComparison.Ordinal));
        }

        await using var again = await RunningHost.StartOnAsync(folder["data"]);
        var hash = Path.GetFileName(blob);
        await again.Http.DoneAsync(actor, "deposit", """{"amount":"1"}""");
        var item = (await again.Http.GetAsync($"/api/actors/{actor}/transitions", LoomJson.Default.TransitionList)).Transitions[^2];
        Assert.Null(item.CommandBody);
        Assert.Contains(hash, item.CommandProblem, StringComparison.Ordinal);

        using var refused = await again.Http.GetAsync($"/api/actors/{actor}/bundle");
        var problem = await refused.ProblemAsync(409, code);
        Assert.Contains($"{actor} at revision {item.Revision}", problem.Detail, StringComparison.Ordinal);
        using var hidden = await again.Http.GetAsync($"/api/actors/{actor}/bundle?hide=commands");
        Assert.True(hidden.IsSuccessStatusCode);
    }

    [Fact]
    public async Task The_limit_is_configured()
    {
        await using var host = await RunningHost.StartAsync("--limits.command", "50000");
        var actor = await host.Http.AccountAsync(deposits: 0);
        using var refused = await host.Http.CommandAsync(actor, "deposit", Body);
        Assert.Contains("50000", (await refused.ProblemAsync(413, "command-too-large")).Detail, StringComparison.Ordinal);
        await host.Http.DoneAsync(actor, "deposit", $$"""{"amount":"5","reference":"{{new string('r', 40_000)}}"}""");
    }
}
