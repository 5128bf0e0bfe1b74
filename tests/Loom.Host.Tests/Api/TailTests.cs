using System.Net;
using Loom.Api;

namespace Loom.Host.Tests.Api;

/// <summary>Following the events.</summary>
[Collection(OnLoopback.Name)]
public sealed class TailTests(LoopbackHost on)
{
    private HttpClient Http => on.Http;

    [Fact]
    public async Task Events_arrive_in_order_and_a_client_that_comes_back_goes_on_where_it_was()
    {
        var actor = await Http.AccountAsync(deposits: 3);
        ulong second;
        using (var tail = await Tail.OpenAsync(Http, $"/api/tail?stream={actor}&from=start"))
        {
            Assert.Equal("account-opened.v1", (await tail.NextAsync()).Type);
            second = (await tail.NextAsync()).Position;
            await tail.CaughtUpAsync();
            await Http.DoneAsync(actor, "deposit", """{"amount":"4200"}""", ("Loom-Correlation", "k"));
            var live = await tail.NextAsync(e => e.Revision == 4);
            Assert.Equal(("deposited.v1", "deposit", "operator", "k"), (live.Type, live.Command, live.Principal, live.Correlation));
            Assert.Equal("4200", live.Data!.Value.GetProperty("amount").GetString());
        }

        using var again = await Tail.OpenAsync(Http, $"/api/tail?stream={actor}", second);
        Assert.Equal(2, (await again.NextAsync()).Revision);
    }

    [Fact]
    public async Task Without_a_prefix_only_actors_are_shown_and_looms_own_streams_when_asked_for()
    {
        var actor = await Http.AccountAsync();
        await Http.PostAsync("/api/log/flush", null);
        using var all = await Tail.OpenAsync(Http, "/api/tail?from=start");
        TailEvent next;
        do
        {
            next = await all.NextAsync();
            Assert.False(next.Stream.StartsWith("loom.", StringComparison.Ordinal), next.Stream);
        }
        while (next.Stream != actor);
        using var own = await Tail.OpenAsync(Http, "/api/tail?stream=loom.log&from=start");
        Assert.Equal("loom.log", (await own.NextAsync()).Stream);
    }

    [Fact]
    public async Task Followers_beyond_the_limit_are_told_to_come_back()
    {
        await using var host = await RunningHost.StartAsync("--limits.tails", "1");
        using (await Tail.OpenAsync(host.Http, "/api/tail"))
        {
            using var answer = await host.Http.GetAsync("/api/tail", HttpCompletionOption.ResponseHeadersRead);
            var problem = await answer.ProblemAsync(429, "busy");
            Assert.Contains("limits.tails", problem.Detail, StringComparison.Ordinal);
            Assert.True(problem.RetryAfterMs > 0 && answer.Headers.RetryAfter is not null);
        }

        await Commands.UntilAsync(
            async () =>
            {
                using var answer = await host.Http.GetAsync("/api/tail", HttpCompletionOption.ResponseHeadersRead);
                return answer.StatusCode;
            },
            s => s == HttpStatusCode.OK);
    }
}
