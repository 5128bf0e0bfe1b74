using System.Text.Json.Nodes;
using Loom.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Loom.EventStoreDb.Server;

/// <summary>
/// <c>/stats</c> and its groups, for callers who may read: nested objects, or with <c>?group=false</c> flat names; with <c>?metadata=true</c>
/// what a chart needs beside the values.
/// </summary>
internal sealed class StatsEndpoint(IJournal journal, EventStoreDbServerOptions options)
{
    private readonly StatsFigures _figures = new(journal, options.Time);

    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/stats/{*group}", AnswerAsync);

    private async Task<IResult> AnswerAsync(HttpContext http, string? group)
    {
        if (await options.Authenticate(http).ConfigureAwait(false) is not { IsAuthenticated: true } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"ES\"";
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }

        if (!caller.CanRead)
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        var withMetadata = Says(http, "metadata", otherwise: false);
        var figures = await _figures.ReadAsync(http.Connection.LocalPort, http.RequestAborted).ConfigureAwait(false);
        var answer = Says(http, "group", otherwise: true) ? Grouped(figures, withMetadata) : Flat(figures, withMetadata);
        foreach (var name in (group ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            answer = answer?[name] as JsonObject;
        }

        return answer is null ? Results.NotFound() : Results.Text(answer.ToJsonString(), "application/json");
    }

    private static bool Says(HttpContext http, string option, bool otherwise) => bool.TryParse(http.Request.Query[option], out var said) ? said : otherwise;

    private static JsonObject Flat(List<StatsFigure> figures, bool withMetadata)
    {
        var flat = new JsonObject();
        foreach (var figure in figures)
        {
            flat[string.Join('-', figure.Path)] = Value(figure, withMetadata);
        }

        return flat;
    }

    private static JsonObject Grouped(List<StatsFigure> figures, bool withMetadata)
    {
        var all = new JsonObject();
        foreach (var figure in figures)
        {
            var at = all;
            foreach (var name in figure.Path[..^1])
            {
                at[name] ??= new JsonObject();
                at = at[name]!.AsObject();
            }

            at[figure.Path[^1]] = Value(figure, withMetadata);
        }

        return all;
    }

    private static JsonNode Value(StatsFigure figure, bool withMetadata) => withMetadata && figure.Title is { } title
        ? new JsonObject { ["value"] = figure.Value, ["category"] = figure.Path[0] == "sys" ? "System" : "Process", ["title"] = title, ["drawChart"] = true }
        : figure.Value;
}
