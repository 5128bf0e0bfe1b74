using System.Text.Json;
using Loom.Api;

namespace Loom.Host.Tests.Telemetry;

/// <summary>What a real host writes on standard output: one JSON object a line, with trace, actor and correlation, and no secret.</summary>
public sealed class LogLineTests
{
    [Fact]
    public async Task Lines_carry_trace_actor_and_correlation_and_no_secret()
    {
        using var folder = new Folder();
        await using var host = await ChildHost.StartAsync(folder["data"], "--auth.mode", "token", "--logging.level", "trace");
        var first = (await File.ReadAllTextAsync(Path.Combine(folder["data"], "operator.token"))).Trim();
        host.Http.DefaultRequestHeaders.Authorization = new("Bearer", first);
        using var made = await host.Http.PostAsync("/api/tokens", Json.Text("""{"name":"ada","roles":["operator"]}"""));
        var second = (await made.ReadAsync(LoomJson.Default.TokenCreated, 201)).Token;
        host.Http.DefaultRequestHeaders.Authorization = new("Bearer", second);
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await host.Http.DoneAsync("account-1", "open", """{"owner":"Unmistakable"}""", ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"), ("Loom-Correlation", "case-77"));
        using (var wrong = await host.Http.CommandAsync("account-1", "open", "{", ("Authorization", "Bearer loom_000000000000_wrongwrongwrongwrongwrongwrongwrongwrongwro")))
        {
            Assert.False(wrong.IsSuccessStatusCode);
        }

        using (await host.Http.PostAsync("/login", new FormUrlEncodedContent([new("token", second)])))
        {
            await host.Http.PostAsync("/api/shutdown", null);
        }

        Assert.Equal(0, await host.ExitAsync());

        var lines = host.Output.Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var own = Assert.Single(lines, l => Text(l, "correlation") == "case-77");
        Assert.Equal(("account-1", Trace, "debug", "Loom.Runtime.ActorRuntime"), (Text(own, "actor"), Text(own, "trace"), Text(own, "level"), Text(own, "source")));
        Assert.All(lines.Where(l => !l.TryGetProperty("event", out _)), l => Assert.True(l.TryGetProperty("time", out _) && l.TryGetProperty("message", out _)));
        Assert.Contains(lines, l => Text(l, "message")?.Contains("tokenCreated", StringComparison.Ordinal) == true);

        var all = string.Join('\n', host.Output) + await host.ErrorAsync();
        Assert.DoesNotContain(first[^43..], all, StringComparison.Ordinal);
        Assert.DoesNotContain(second[^43..], all, StringComparison.Ordinal);
        Assert.DoesNotContain("Unmistakable", all, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", all, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement line, string member) => line.TryGetProperty(member, out var value) ? value.GetString() : null;
}
