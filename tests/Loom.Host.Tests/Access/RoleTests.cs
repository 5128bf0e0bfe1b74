using Loom.Hosting.Access;
using Microsoft.AspNetCore.Routing;

namespace Loom.Host.Tests.Access;

/// <summary>Which role may use which route, asked of a running host, against a table written from docs/api.md and not from the code.</summary>
[Collection(WithTokens.Name)]
public sealed class RoleTests(TokenHost on)
{
    // o operator, a auditor, s service, d developer, h host, p prover
    private static readonly Dictionary<string, string> May = new()
    {
        ["GET /api/whoami"] = "oasdhp",
        ["GET /api/host"] = "oasdhp",
        ["GET /openapi/{documentName}.json"] = "oasdhp",
        ["GET /api/actors"] = "oasdhp",
        ["GET /api/actors/{actor}"] = "oasdhp",
        ["GET /api/actors/{actor}/transitions"] = "oasdhp",
        ["GET /api/actors/{actor}/replay"] = "oasdhp",
        ["GET /api/types"] = "oasdhp",
        ["GET /api/types/{type}"] = "oasdhp",
        ["POST /api/actors/{actor}/commands/{type}"] = "osdh",
        ["GET /api/tail"] = "oasdh",
        ["GET /api/actors/{actor}/bundle"] = "oa",
        ["GET /api/actors/{actor}/receipts"] = "oasdhp",
        ["GET /api/actors/{actor}/receipts/{revision}"] = "oa",
        ["POST /api/verify"] = "oa",
        ["GET /api/trust"] = "oa",
        ["GET /api/log"] = "oa",
        ["GET /api/log/checkpoints"] = "oa",
        ["GET /api/log/checkpoint"] = "oa",
        ["GET /api/log/entries"] = "oa",
        ["POST /api/log/flush"] = "oa",
        ["GET /api/keys"] = "oa",
        ["GET /api/modules"] = "oasdhp",
        ["GET /api/modules/{name}"] = "oasdhp",
        ["GET /api/modules/{name}/{version}"] = "oasdhp",
        ["GET /api/modules/{name}/{version}/wasm"] = "oasdhp",
        ["GET /api/modules/{name}/{version}/actors"] = "oasdhp",
        ["POST /api/modules"] = "od",
        ["POST /api/modules/{name}/{version}/use"] = "od",
        ["GET /api/proofs"] = "oasdhp",
        ["GET /api/proofs/{link}"] = "oasdhp",
        ["POST /api/proofs"] = "od",
        ["POST /api/proofs/{link}/retry"] = "od",
        ["POST /api/proofs/{link}/cancel"] = "od",
        ["GET /api/proofs/{link}/receipt"] = "oa",
        ["GET /metrics"] = "od",
        ["GET /api/config"] = "od",
        ["GET /api/journal/stats"] = "od",
        ["GET /api/projections"] = "od",
        ["POST /api/projections/{name}/rebuild"] = "od",
        ["POST /api/log/publish"] = "o",
        ["POST /api/keys/rotate"] = "o",
        ["POST /api/keys/{name}/revoke"] = "o",
        ["POST /api/journal/accept-rollback"] = "o",
        ["POST /api/journal/backup"] = "o",
        ["POST /api/journal/scavenge"] = "o",
        ["POST /api/shutdown"] = "o",
        ["GET /api/tokens"] = "o",
        ["POST /api/tokens"] = "o",
        ["DELETE /api/tokens/{id}"] = "o",
        ["POST /api/import/xes"] = "o",
        ["GET /api/import/{id}"] = "o",
    };

    [Fact]
    public void The_table_names_every_guarded_route() => Assert.Equal(Guarded().Keys.Order(StringComparer.Ordinal), May.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public async Task Each_role_may_use_its_routes_and_no_other()
    {
        var wrong = new List<string>();
        foreach (var role in TokenHost.Roles)
        {
            using var http = on.Host.Client(on.TokenOf(role));
            foreach (var (route, pattern) in Guarded())
            {
                // Who may is not asked to shut the host down: what a role may not is refused before anything is done.
                var allowed = May[route].Contains(role[0], StringComparison.Ordinal);
                if (allowed && route is "POST /api/shutdown" or "POST /api/keys/rotate" or "GET /api/tail")
                {
                    continue;
                }

                var path = string.Concat(pattern.RoutePattern.PathSegments.Select(s => "/" + string.Concat(s.Parts.Select(
                    p => p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart l ? l.Content : p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart dot ? dot.Content : "v1"))));
                using var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(route[..route.IndexOf(' ', StringComparison.Ordinal)]), path));
                var refused = (int)answer.StatusCode is 401 or 403;
                if (refused == allowed)
                {
                    wrong.Add($"{role}: {route} answered {(int)answer.StatusCode}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Looms_own_streams_are_followed_by_who_may_read_the_log()
    {
        foreach (var role in new[] { "service", "developer", "host" })
        {
            using var http = on.Host.Client(on.TokenOf(role));
            using var answer = await http.GetAsync("/api/tail?stream=loom.audit", HttpCompletionOption.ResponseHeadersRead);
            await answer.ProblemAsync(403, "forbidden");
        }
    }

    [Fact]
    public async Task There_is_no_route_that_appends_to_a_stream_past_a_machine()
    {
        // Actor and loom.* streams are written by the host itself; until hosts share a journal, no route takes events.
        Assert.DoesNotContain(Guarded().Keys, k => k.Contains("stream", StringComparison.OrdinalIgnoreCase) || k.Contains("events", StringComparison.OrdinalIgnoreCase));
        using var http = on.Host.Client(on.TokenOf("host"));
        using var own = await http.PostAsync("/api/actors/loom.audit-1/commands/tokenCreated", Json.Text("{}"));
        await own.ProblemAsync(400, "invalid-request");
    }

    [Fact]
    public void Every_role_is_one_that_the_documentation_names() => Assert.Equal(TokenHost.Roles.Order(), AccessTable.Roles.Order());

    private Dictionary<string, RouteEndpoint> Guarded() => on.Host.Service<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<Requires>() is not null)
        .ToDictionary(e => $"{Assert.Single(e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)} {(e.RoutePattern.RawText!.StartsWith('/') ? "" : "/")}{e.RoutePattern.RawText}");
}
