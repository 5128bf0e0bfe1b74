using System.Net;
using System.Text;
using Loom.Api;

namespace Loom.Host.Tests.Access;

/// <summary>Bearer tokens: who is let in, for how long, and where the secret is not.</summary>
[Collection(WithTokens.Name)]
public sealed class TokenTests(TokenHost on)
{
    private RunningHost Host => on.Host;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic b3BlcmF0b3I6eA==")]
    [InlineData("Bearer loom_000000000000_0000000000000000000000000000000000000000000")]
    public async Task Without_a_token_nothing_is_answered_but_health(string? authorization)
    {
        foreach (var path in new[] { "/api/whoami", "/api/actors", "/metrics", "/openapi/v1.json", "/api/nothing", "/nothing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            using var answer = await Host.Http.SendAsync(request);
            await answer.ProblemAsync(401, "unauthenticated");
            Assert.Contains("Bearer", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Health_is_for_everybody_and_its_details_for_who_is_known()
    {
        var unknown = await Host.Http.GetAsync("/health/ready", LoomJson.Default.HealthReport);
        Assert.Equal("ready", unknown.Status);
        Assert.All(unknown.Checks, c => Assert.Equal("", c.Message));
        using var http = Host.Client(on.Operator);
        Assert.All((await http.GetAsync("/health/ready", LoomJson.Default.HealthReport)).Checks, c => Assert.NotEqual("", c.Message));
    }

    [Fact]
    public async Task A_token_is_its_principal_and_brings_its_roles()
    {
        var created = await Host.CreateTokenAsync(on.Operator, "ada@example.org", ["service"], ["supervisor", "employee"]);
        using var http = Host.Client(created.Token);
        var me = await http.GetAsync("/api/whoami", LoomJson.Default.WhoAmI);
        Assert.Equal(("ada@example.org", "token"), (me.Principal, me.Authentication));
        Assert.Equal(["service"], me.Roles);
        Assert.Equal(["employee", "supervisor"], me.ApplicationRoles);
        var actor = $"declaration-{Guid.CreateVersion7():N}";
        await http.DoneAsync(actor, "open-case", """{"amount":"5"}""");
        await http.DoneAsync(actor, "submit-declaration"); // all its roles, when it names none
        using var other = await http.CommandAsync(actor, "request-payment", "{}", ("Loom-Roles", "system"));
        Assert.Contains("'system'", (await other.ProblemAsync(403, "forbidden")).Detail, StringComparison.Ordinal);
        using var fewer = await http.CommandAsync(actor, "approve-declaration", """{"as":"supervisor","final":true}""", ("Loom-Roles", "employee"));
        Assert.Equal("role-missing", (await fewer.ProblemAsync(422, "rejected")).Rejection);
        using var none = await http.CommandAsync(actor, "approve-declaration", """{"as":"supervisor","final":true}""", ("Loom-Roles", ""));
        Assert.Equal("role-missing", (await none.ProblemAsync(422, "rejected")).Rejection);
    }

    [Fact]
    public async Task Only_the_role_host_sends_in_the_name_of_others()
    {
        var actor = $"account-{Guid.CreateVersion7():N}";
        foreach (var role in new[] { "operator", "service", "developer" })
        {
            using var http = Host.Client(on.TokenOf(role));
            using var answer = await http.CommandAsync(actor, "open", """{"owner":"x"}""", ("Loom-Principal", "somebody"));
            Assert.Contains("host", (await answer.ProblemAsync(403, "forbidden")).Detail, StringComparison.Ordinal);
        }

        using var host = Host.Client(on.TokenOf("host"));
        await host.DoneAsync(actor, "open", """{"owner":"x"}""", ("Loom-Principal", "somebody"));
        var history = await host.GetAsync($"/api/actors/{actor}/transitions", LoomJson.Default.TransitionList);
        Assert.Equal("somebody", Assert.Single(history.Transitions).Principal);
        using var reserved = await host.CommandAsync(actor, "deposit", """{"amount":"1"}""", ("Loom-Principal", "loom:runtime"));
        await reserved.ProblemAsync(403, "reserved-principal");
    }

    [Fact]
    public async Task A_revoked_token_is_refused_at_once_and_its_open_tail_ends()
    {
        var created = await Host.CreateTokenAsync(on.Operator, "leaver", ["service"]);
        using var http = Host.Client(created.Token);
        using var tail = await Tail.OpenAsync(http, "/api/tail?from=start");
        using var admin = Host.Client(on.Operator);
        using var revoked = await admin.DeleteAsync($"/api/tokens/{created.Id}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var answer = await http.GetAsync("/api/whoami");
        await answer.ProblemAsync(401, "unauthenticated");
        await tail.EndAsync();
        using var again = await admin.DeleteAsync($"/api/tokens/{created.Id}");
        await again.ProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Secrets_are_nowhere_in_the_data_folder_and_in_no_list()
    {
        var created = await Host.CreateTokenAsync(on.Operator, "hashed", ["auditor"]);
        using var http = Host.Client(on.Operator);
        Assert.DoesNotContain(created.Token, await http.GetStringAsync("/api/tokens"), StringComparison.Ordinal);
        var secret = Encoding.ASCII.GetBytes(created.Token[^43..]);
        foreach (var file in Directory.EnumerateFiles(Host.Data, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false);
            Assert.True(bytes.AsSpan().IndexOf(secret) < 0, file);
        }
    }

    [Fact]
    public void The_first_token_lies_in_clear_only_until_an_operator_has_another() =>
        Assert.False(File.Exists(Path.Combine(Host.Data, "operator.token")));

    [Fact]
    public void What_holds_keys_tokens_and_journal_is_readable_by_its_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Host.Data) & Others);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(Host.Data, "tokens.json")) & Others);
        foreach (var key in Directory.GetFiles(Path.Combine(Host.Data, "keys")))
        {
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(key) & Others);
        }
    }

    [Fact]
    public async Task Creating_and_revoking_is_in_the_audit_stream_without_the_secret()
    {
        var created = await Host.CreateTokenAsync(on.Operator, "audited-token", ["auditor"]);
        using var admin = Host.Client(on.Operator);
        (await admin.DeleteAsync($"/api/tokens/{created.Id}")).Dispose();
        using var auditor = Host.Client(on.TokenOf("auditor"));
        using var tail = await Tail.OpenAsync(auditor, "/api/tail?stream=loom.audit&from=start");
        var made = await tail.NextAsync(e => e.Data?.ToString().Contains(created.Id, StringComparison.Ordinal) == true);
        Assert.Equal(("loom.audit", "operator-1"), (made.Stream, made.Principal));
        var gone = await tail.NextAsync(e => e.Data?.ToString().Contains(created.Id, StringComparison.Ordinal) == true);
        Assert.DoesNotContain(created.Token, made.Data!.Value.ToString() + gone.Data!.Value, StringComparison.Ordinal);
    }
}
