using Loom.Api;

namespace Loom.Host.Tests;

/// <summary>Commands over HTTP.</summary>
internal static class Commands
{
    public static Task<HttpResponseMessage> CommandAsync(
        this HttpClient http, string actor, string type, string json = "{}", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/actors/{actor}/commands/{type}") { Content = Json.Text(json) };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return http.SendAsync(request);
    }

    public static async Task<CommandResult> DoneAsync(this HttpClient http, string actor, string type, string json = "{}", params (string Name, string Value)[] headers)
    {
        using var answer = await http.CommandAsync(actor, type, json, headers);
        return await answer.ReadAsync(LoomJson.Default.CommandResult);
    }

    /// <summary>A new account with some money; its name is new in every run.</summary>
    public static async Task<string> AccountAsync(this HttpClient http, int deposits = 1)
    {
        var actor = $"account-{Guid.CreateVersion7():N}";
        await http.DoneAsync(actor, "open", """{"owner":"Ada"}""");
        for (var i = 0; i < deposits; i++)
        {
            await http.DoneAsync(actor, "deposit", $$"""{"amount":"{{(i + 1) * 100}}"}""");
        }

        return actor;
    }

    /// <summary>Asks until the answer is as wished; a machine may be slow, so only a test that hangs fails here, with the last answer.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> wished, int everyMs = 20)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (true)
        {
            var answer = await ask();
            if (wished(answer))
            {
                return answer;
            }

            Assert.False(patience.IsCancellationRequested, $"Still {answer} after ten minutes.");
            await Task.Delay(everyMs);
        }
    }
}
