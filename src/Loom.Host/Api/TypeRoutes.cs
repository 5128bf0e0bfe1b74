using System.Text.Json;
using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Problems;
using Loom.Runtime;

namespace Loom.Hosting.Api;

/// <summary>The registered actor types.</summary>
internal static class TypeRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/types", (ActorTypes types) => Results.Json(new TypeList([.. types.All.Select(Item)]), LoomJson.Default.TypeList))
            .Needs(Permission.ReadActors).WithName("ListTypes").WithTags("actors").WithSummary("The registered types with their commands' schemas.").Produces<TypeList>();
        routes.MapGet(
                "/api/types/{type}",
                (string type, ActorTypes types) => types.TryGet(type, out var machine)
                    ? Results.Json(Item(machine.Manifest), LoomJson.Default.TypeItem)
                    : new Refusal(404, "unknown-actor-type", $"This host runs no actor type '{type}'. It runs: {string.Join(", ", types.All.Select(t => t.ActorType))}."))
            .Needs(Permission.ReadActors).WithName("GetType").WithTags("actors").WithSummary("One type.").Produces<TypeItem>();
    }

    private static TypeItem Item(MachineManifest m) => new(
        m.ActorType, m.Version, m.Machine.Value,
        [.. m.Commands.Select(c => new CommandItem(c.Type, c.Summary, JsonElement.Parse(c.Schema)))],
        m.EventTypes, m.Effects.ToDictionary(e => e.Key, e => e.Value.ToString().ToLowerInvariant()), m.Capabilities);
}
