using System.Globalization;
using System.Net;
using Loom.Api;

namespace Loom.Host.Tests.Api;

/// <summary>Reading actors, their histories and the types.</summary>
[Collection(OnLoopback.Name)]
public sealed class ActorTests(LoopbackHost on)
{
    private HttpClient Http => on.Http;

    [Fact]
    public async Task The_directory_finds_an_actor_by_part_of_its_name_with_its_label_and_order()
    {
        var actor = await Http.AccountAsync(deposits: 2);
        var list = await Commands.UntilAsync(
            () => Http.GetAsync($"/api/actors?text={actor[8..]}&type=account&order=length&take=5", LoomJson.Default.ActorList), l => l is { Total: 1, Actors: [{ Transitions: 3 }] });
        var row = Assert.Single(list.Actors);
        Assert.Equal((actor, "account", 1, 2L, "deposit"), (row.Actor, row.Type, row.Version, row.Revision, row.LastCommand));
        Assert.Empty((await Http.GetAsync($"/api/actors?text={actor[8..]}&label=closed", LoomJson.Default.ActorList)).Actors);
    }

    [Fact]
    public async Task An_actor_is_shown_with_state_label_and_etag()
    {
        var actor = await Http.AccountAsync(deposits: 3);
        using var answer = await Http.GetAsync($"/api/actors/{actor}");
        Assert.Equal("\"3\"", answer.Headers.ETag?.Tag);
        var detail = await answer.ReadAsync(LoomJson.Default.ActorDetail);
        Assert.Equal((actor, "account@1", 3L, 4L), (detail.Actor, detail.ActorType, detail.Revision, detail.Transitions));
        Assert.Equal("600", detail.State!.Value.GetProperty("balance").GetString());
    }

    [Fact]
    public async Task The_history_is_paged_both_ways_without_gap_or_repeat()
    {
        var actor = await Http.AccountAsync(deposits: 9);
        foreach (var direction in new[] { "forwards", "backwards" })
        {
            var numbers = new List<long>();
            long? from = null;
            do
            {
                var at = from is { } f ? string.Create(CultureInfo.InvariantCulture, $"&from={f}") : "";
                var page = await Http.GetAsync($"/api/actors/{actor}/transitions?count=4&direction={direction}{at}", LoomJson.Default.TransitionList);
                numbers.AddRange(page.Transitions.Select(t => t.Number));
                from = page.Next;
            }
            while (from is not null);
            Assert.Equal(direction == "forwards" ? Enumerable.Range(0, 10).Select(n => (long)n) : Enumerable.Range(0, 10).Select(n => 9L - n), numbers);
        }
    }

    [Fact]
    public async Task A_page_of_large_transitions_ends_early_and_goes_on_where_it_ended()
    {
        // 300 commands of 30 KB are more than a page's 8 MiB; command and event both hold the text.
        var actor = await Http.AccountAsync(deposits: 0);
        var text = new string('x', 30_000);
        await Parallel.ForEachAsync(Enumerable.Range(0, 150), async (i, _) => await Http.DoneAsync(actor, "deposit", $$"""{"amount":"1","reference":"{{text[..29_000]}}{{i}}"}"""));
        var first = await Http.GetAsync($"/api/actors/{actor}/transitions?count=1000", LoomJson.Default.TransitionList);
        var last = await Http.GetAsync($"/api/actors/{actor}/transitions?count=1000&direction=backwards", LoomJson.Default.TransitionList);
        Assert.InRange(first.Transitions.Count, 20, 150);
        Assert.InRange(last.Transitions.Count, 20, 150);
        Assert.Equal((0, 150), (first.Transitions[0].Number, last.Transitions[0].Number));
        Assert.Equal(first.Transitions[^1].LastRevision + 1, first.Next);
        Assert.Equal(last.Transitions[^1].Revision - 1, last.Next);
        var next = await Http.GetAsync($"/api/actors/{actor}/transitions?count=1&from={first.Next}", LoomJson.Default.TransitionList);
        Assert.Equal(first.Transitions[^1].Number + 1, Assert.Single(next.Transitions).Number);
    }

    [Fact]
    public async Task A_replay_stops_at_the_revision_and_agrees_with_the_link()
    {
        var actor = await Http.AccountAsync(deposits: 3);
        var replay = await Http.GetAsync($"/api/actors/{actor}/replay?to=2", LoomJson.Default.ReplayResult);
        Assert.Equal((2L, 2L, true), (replay.Revision, replay.Number, replay.Agrees));
        Assert.Equal("300", replay.State!.Value.GetProperty("balance").GetString());
        using var beyond = await Http.GetAsync($"/api/actors/{actor}/replay?to=9");
        Assert.Contains("0 to 3", (await beyond.ProblemAsync(400, "invalid-request")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_types_carry_the_schemas_of_their_commands()
    {
        var types = (await Http.GetAsync("/api/types", LoomJson.Default.TypeList)).Types;
        Assert.Equal(["account", "declaration", "import"], types.Select(t => t.Name));
        var one = await Http.GetAsync("/api/types/account", LoomJson.Default.TypeItem);
        Assert.Contains(one.Commands, c => c.Type == "deposit" && c.Schema.GetProperty("properties").TryGetProperty("amount", out _));
        using var none = await Http.GetAsync("/api/types/invoice");
        await none.ProblemAsync(404, "unknown-actor-type");
    }

    [Theory]
    [InlineData("/api/actors/account-nobody", 404, "unknown-actor")]
    [InlineData("/api/actors/account-nobody/transitions", 404, "unknown-actor")]
    [InlineData("/api/actors/account-nobody/replay", 404, "unknown-actor")]
    [InlineData("/api/actors/account-nobody/bundle", 404, "unknown-actor")]
    [InlineData("/api/actors/invoice-1", 404, "unknown-actor-type")]
    [InlineData("/api/actors/nonsense", 400, "invalid-request")]
    [InlineData("/api/actors/loom.audit", 400, "invalid-request")]
    [InlineData("/api/actors/..%2F..%2Fetc", 400, "invalid-request")]
    [InlineData("/api/actors?take=201", 400, "invalid-request")]
    [InlineData("/api/actors?take=0", 400, "invalid-request")]
    [InlineData("/api/actors?skip=-1", 400, "invalid-request")]
    [InlineData("/api/actors?skip=many", 400, "invalid-request")]
    [InlineData("/api/actors?take=99999999999", 400, "invalid-request")]
    [InlineData("/api/actors?order=colour", 400, "invalid-request")]
    [InlineData("/api/actors?order=1", 400, "invalid-request")]
    [InlineData("/api/actors?lable=open", 400, "invalid-request")]
    [InlineData("/api/actors/account-nobody/transitions?count=1001", 400, "invalid-request")]
    [InlineData("/api/actors/account-nobody/transitions?direction=sideways", 400, "invalid-request")]
    [InlineData("/api/actors/account-nobody/transitions?from=-1", 400, "invalid-request")]
    [InlineData("/api/log/entries?count=10001", 400, "invalid-request")]
    [InlineData("/api/log/entries?from=-1", 400, "invalid-request")]
    [InlineData("/api/log/checkpoints?count=501", 400, "invalid-request")]
    [InlineData("/api/tail?from=yesterday", 400, "invalid-request")]
    [InlineData("/api/nothing", 404, "not-found")]
    public async Task What_is_not_there_or_not_right_is_said(string path, int status, string code)
    {
        using var answer = await Http.GetAsync(path);
        await answer.ProblemAsync(status, code);
    }

    [Theory]
    [InlineData("skip=many", "'many' is no value for skip")]
    [InlineData("lable=open", "'lable'")]
    public async Task The_parameter_that_is_wrong_is_named(string query, string expected)
    {
        using var answer = await Http.GetAsync($"/api/actors?{query}");
        Assert.Contains(expected, (await answer.ProblemAsync(400, "invalid-request")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_method_is_said_to_be_one()
    {
        using var answer = await Http.DeleteAsync("/api/actors");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        await answer.ProblemAsync(405, "invalid-request");
    }
}
