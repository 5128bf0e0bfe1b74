using System.Net;
using System.Text;
using Loom.Api;

namespace Loom.Host.Tests.Api;

/// <summary>Sending commands: what is answered when all is well, and every way in which it is not.</summary>
[Collection(OnLoopback.Name)]
public sealed class CommandTests(LoopbackHost on)
{
    private HttpClient Http => on.Http;

    private static string NewAccount => $"account-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_command_is_answered_with_revision_link_and_etag()
    {
        var actor = NewAccount;
        using var answer = await Http.CommandAsync(actor, "open", """{"owner":"Ada"}""", ("Idempotency-Key", "c-1"), ("Loom-Correlation", "k-1"), ("Loom-Causation", "w-1"));
        Assert.Equal("\"0\"", answer.Headers.ETag?.Tag);
        var done = await answer.ReadAsync(LoomJson.Default.CommandResult);
        Assert.Equal((actor, "c-1", 0L, 1, false), (done.Actor, done.CommandId, done.Revision, done.Events, done.Repeated));
        Assert.Matches("^[0-9a-f]{64}$", done.Link);
        var item = Assert.Single((await Http.GetAsync($"/api/actors/{actor}/transitions", LoomJson.Default.TransitionList)).Transitions);
        Assert.Equal(("open", "operator", "k-1", "w-1", done.Link), (item.Command, item.Principal, item.Correlation, item.Causation, item.Link));
    }

    [Fact]
    public async Task The_same_id_with_the_same_body_is_done_once_and_with_another_refused()
    {
        var actor = await Http.AccountAsync(deposits: 0);
        var first = await Http.DoneAsync(actor, "deposit", """{"amount":"5"}""", ("Idempotency-Key", "once"));
        var second = await Http.DoneAsync(actor, "deposit", """{ "amount" : "5" }""", ("Idempotency-Key", "once"));
        Assert.Equal(first with { Repeated = true }, second);
        using var other = await Http.CommandAsync(actor, "deposit", """{"amount":"6"}""", ("Idempotency-Key", "once"));
        await other.ProblemAsync(409, "command-id-reused");
    }

    [Fact]
    public async Task A_stale_revision_is_a_conflict_by_header_and_by_query()
    {
        var actor = await Http.AccountAsync();
        using var header = await Http.CommandAsync(actor, "deposit", """{"amount":"5"}""", ("If-Match", "\"0\""));
        Assert.Contains("revision 1", (await header.ProblemAsync(409, "stale-revision")).Detail, StringComparison.Ordinal);
        using var query = await Http.PostAsync($"/api/actors/{actor}/commands/deposit?expectedRevision=-1", Json.Text("""{"amount":"5"}"""));
        await query.ProblemAsync(409, "stale-revision");
        var done = await Http.DoneAsync(actor, "deposit", """{"amount":"5"}""", ("If-Match", "\"1\""));
        Assert.Equal(2, done.Revision);
    }

    [Theory]
    [InlineData("12x")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("-2")]
    public async Task What_is_no_revision_is_refused_and_never_taken_for_none(string revision)
    {
        var actor = await Http.AccountAsync();
        using var answer = await Http.CommandAsync(actor, "deposit", """{"amount":"5"}""", ("If-Match", revision));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(1, (await Http.GetAsync($"/api/actors/{actor}", LoomJson.Default.ActorDetail)).Revision);
    }

    [Fact]
    public async Task A_rejection_carries_the_machines_own_code()
    {
        using var answer = await Http.CommandAsync(NewAccount, "deposit", """{"amount":"5"}""");
        var problem = await answer.ProblemAsync(422, "rejected");
        Assert.Equal("not-open", problem.Rejection);
    }

    [Fact]
    public async Task An_unknown_actor_type_names_the_types_there_are()
    {
        using var answer = await Http.CommandAsync("invoice-1", "open");
        Assert.Contains("account, declaration", (await answer.ProblemAsync(404, "unknown-actor-type")).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("account-1", "fly", "{}", 400, "unknown-command")]
    [InlineData("account-1", "loom.timerFired", "{}", 400, "reserved-command-type")]
    [InlineData("account-1", "open", """{"owner":3}""", 400, "invalid-command")]
    [InlineData("account-1", "open", """{"owner":"Ada","x":1}""", 400, "invalid-command")]
    [InlineData("account-1", "open", """{"owner":"Ada" """, 400, "malformed-json")]
    [InlineData("account-1", "open", """{"owner":"Ada","n":1e400}""", 400, "malformed-json")]
    [InlineData("account-1", "open", """{"owner":"Ada","n":9007199254740993}""", 400, "malformed-json")]
    [InlineData("account-1", "open", "{\"owner\":\"\\ud800\"}", 400, "malformed-json")]
    [InlineData("account-1", "open", """{"owner":"Ada","owner":"Bob"}""", 400, "malformed-json")]
    [InlineData("account", "open", "{}", 400, "invalid-request")]
    [InlineData("account-a%2Fb", "open", "{}", 400, "invalid-request")]
    [InlineData("Account-1", "open", "{}", 400, "invalid-request")]
    public async Task What_fits_no_command_is_refused(string actor, string type, string body, int status, string code)
    {
        using var answer = await Http.CommandAsync(actor, type, body);
        await answer.ProblemAsync(status, code);
    }

    [Fact]
    public async Task Deep_json_is_refused_and_not_followed()
    {
        using var answer = await Http.CommandAsync(NewAccount, "open", string.Concat(Enumerable.Repeat("[", 15_000)) + string.Concat(Enumerable.Repeat("]", 15_000)));
        await answer.ProblemAsync(400, "malformed-json");
    }

    [Fact]
    public async Task A_command_above_1_MiB_is_refused_by_name_and_one_above_the_body_limit_before_it_is_read()
    {
        using var command = await Http.CommandAsync(NewAccount, "open", $$"""{"owner":"{{new string('a', 1_100_000)}}"}""");
        Assert.Contains("1048576", (await command.ProblemAsync(413, "command-too-large")).Detail, StringComparison.Ordinal);
        using var body = await Http.CommandAsync(NewAccount, "open", $$"""{"owner":"{{new string('a', 2_200_000)}}"}""");
        Assert.Contains("limits.body", (await body.ProblemAsync(413, "too-large")).Detail, StringComparison.Ordinal);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, $"/api/actors/{NewAccount}/commands/open") { Content = Json.Text(new string(' ', 2_200_000)) };
        chunked.Headers.TransferEncodingChunked = true;
        using var answer = await Http.SendAsync(chunked);
        Assert.Contains("limits.body", (await answer.ProblemAsync(413, "too-large")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_not_called_json_is_refused()
    {
        using var answer = await Http.PostAsync($"/api/actors/{NewAccount}/commands/open", new StringContent("{}", Encoding.UTF8, "text/plain"));
        await answer.ProblemAsync(415, "unsupported-media-type");
    }

    [Theory]
    [InlineData("Idempotency-Key", "two words", 400)]
    [InlineData("Loom-Principal", "loom:runtime", 403)]
    [InlineData("Loom-Principal", "actor:account-1", 403)]
    public async Task Headers_that_cannot_stand_in_a_link_are_refused(string name, string value, int status)
    {
        using var answer = await Http.CommandAsync(NewAccount, "open", """{"owner":"Ada"}""", (name, value));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Loopback_may_act_with_any_application_role_and_as_anybody()
    {
        var actor = $"declaration-{Guid.CreateVersion7():N}";
        await Http.DoneAsync(actor, "open-case", """{"amount":"1250","fourEyes":true}""", ("Loom-Principal", "ada"));
        await Http.DoneAsync(actor, "submit-declaration", "{}", ("Loom-Principal", "ada"), ("Loom-Roles", "employee"));
        using var none = await Http.CommandAsync(actor, "approve-declaration", """{"as":"supervisor","final":true}""", ("Loom-Principal", "bob"));
        Assert.Equal("role-missing", (await none.ProblemAsync(422, "rejected")).Rejection);
        await Http.DoneAsync(actor, "approve-declaration", """{"as":"supervisor","final":true}""", ("Loom-Principal", "bob"), ("Loom-Roles", "supervisor, employee"));
        var now = await Http.GetAsync($"/api/actors/{actor}/transitions?direction=backwards&count=1", LoomJson.Default.TransitionList);
        Assert.Equal(["employee", "supervisor"], Assert.Single(now.Transitions).Roles);
        Assert.Equal("bob", now.Transitions[0].Principal);
    }
}
