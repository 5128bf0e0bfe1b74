using System.Text.Json;
using Loom.Hosting.Access;
using Loom.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Loom.Host.Tests.Api;

/// <summary>Every route there is: described, documented, guarded.</summary>
[Collection(OnLoopback.Name)]
public sealed class RouteTests(LoopbackHost on)
{
    [Fact]
    public void Every_route_says_what_it_asks_of_its_caller()
    {
        var bare = Routes().Where(r => r.Metadata.GetMetadata<Requires>() is null && r.Metadata.GetMetadata<Open>() is null).Select(r => r.RoutePattern.RawText);
        Assert.Empty(bare);
        Assert.Equal(["/health/live", "/health/ready", "/login", "/logout"], Routes().Where(r => r.Metadata.GetMetadata<Open>() is not null).Select(r => r.RoutePattern.RawText!).Distinct().Order());
    }

    [Fact]
    public async Task The_openapi_document_lists_every_route_and_nothing_else()
    {
        using var document = JsonDocument.Parse(await on.Http.GetStringAsync("/openapi/v1.json"));
        var described = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Where(o => o.Name != "parameters").Select(o => $"{o.Name.ToUpperInvariant()} {p.Name}")).Order(StringComparer.Ordinal);
        Assert.Equal(Described().SelectMany(Names).Order(StringComparer.Ordinal), described);
    }

    [Fact]
    public async Task The_page_docs_api_md_lists_every_route()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(TestData.Root, "docs", "api.md"));
        var missing = Described().SelectMany(Names).Where(n =>
        {
            var (method, path) = (n[..n.IndexOf(' ', StringComparison.Ordinal)], n[(n.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            return !page.Contains($"`{method} {path}", StringComparison.Ordinal);
        });
        Assert.Empty(missing);
    }

    [Fact]
    public async Task No_route_takes_a_query_parameter_that_it_does_not_describe()
    {
        foreach (var route in Described().Where(r => r.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal)))
        {
            var method = Assert.Single(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods);
            var path = string.Concat(route.RoutePattern.PathSegments.Select(s => "/" + string.Concat(s.Parts.Select(p => p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart l ? l.Content : "x-1"))));
            using var answer = await on.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"{path}?nonsense=1"));
            Assert.Contains("'nonsense'", (await answer.ProblemAsync(400, "invalid-request")).Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_documents_operations_have_names_summaries_and_distinct_ids()
    {
        using var document = JsonDocument.Parse(await on.Http.GetStringAsync("/openapi/v1.json"));
        var operations = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()).Where(o => o.Name != "parameters").ToList();
        Assert.All(operations, o => Assert.True(o.Value.GetProperty("summary").GetString()!.Length > 5));
        var ids = operations.Select(o => o.Value.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    private List<RouteEndpoint> Routes() => [.. on.Host.Service<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()];

    private IEnumerable<RouteEndpoint> Described() =>
        Routes().Where(r => r.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>()?.ExcludeFromDescription != true);

    private static IEnumerable<string> Names(RouteEndpoint route) => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {route.RoutePattern.RawText}");
}
