using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.Configuration;
using Loom.Hosting.Problems;
using Loom.Runtime;
using Loom.Runtime.Import;
using Microsoft.AspNetCore.Http.Features;

namespace Loom.Hosting.Import;

/// <summary>Importing event logs over HTTP.</summary>
internal static class ImportRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/import/xes", StartAsync).Needs(Permission.Import).Takes("set.*")
            .WithName("ImportXes").WithTags("import").WithSummary("Imports an XES event log, gzipped or not, one actor per case.").Produces<ImportStatus>(202);
        routes.MapGet(
                "/api/import/{id}",
                (string id, Imports imports) => imports.Find(id) is { } status
                    ? Results.Json(status, LoomJson.Default.ImportStatus)
                    : Refusal.NotFound($"No import '{id}' has run since this host started; import-{id} has its history, if there was one."))
            .Needs(Permission.Import).WithName("GetImport").WithTags("import").WithSummary("How far an import is.").Produces<ImportStatus>();
    }

    private static async Task<IResult> StartAsync(
        string? machine, string? roleKey, string? resourceKey, string? amountKey, string? id, string? file, HttpContext context, ActorTypes types,
        Imports imports, LiveSettings settings)
    {
        if (string.IsNullOrEmpty(machine) || !types.TryGet(machine, out var target))
        {
            return new Refusal(404, "unknown-actor-type", $"This host runs no actor type '{machine}'. Name one with ?machine=.");
        }

        if (id is not null && !ActorId.IsId(id))
        {
            return Refusal.Invalid("id is 1 to 200 characters of A-Z a-z 0-9 . _ ~ : @ -");
        }

        var limit = settings.Now.Integer("limits.upload");
        if (context.Request.ContentLength > limit)
        {
            return new Refusal(413, "too-large", $"The file has {context.Request.ContentLength} bytes; this host takes {limit} (limits.upload).");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = limit;
        }

        if (new[] { roleKey, resourceKey, amountKey }.Any(k => k?.Length > 200))
        {
            return Refusal.Invalid("The name of an attribute (roleKey, resourceKey, amountKey) has at most 200 characters.");
        }

        var xes = new XesOptions { ResourceKey = resourceKey, AmountKey = amountKey };
        var own = context.Request.Query.Where(q => q.Key.StartsWith("set.", StringComparison.Ordinal)).ToDictionary(q => q.Key[4..], q => q.Value.ToString());
        var name = string.IsNullOrEmpty(file) ? "upload" : Path.GetFileName(file);
        var status = await imports.StartAsync(
            target, name.Length > 200 ? name[..200] : name, id, roleKey is null ? xes : xes with { RoleKey = roleKey }, own, context.Caller().Principal,
            context.Request.Body, context.RequestAborted);
        context.Response.Headers.Location = $"/api/import/{status.Id}";
        return Results.Json(status, LoomJson.Default.ImportStatus, statusCode: 202);
    }
}
