using System.Globalization;
using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Actors;
using Loom.Hosting.Problems;
using Loom.Journal;
using Loom.Runtime;

namespace Loom.Hosting.Api;

/// <summary>Actors, their histories and their states.</summary>
internal static class ActorRoutes
{
    /// <summary>A page ends early, but never empty, where its transitions are larger than this.</summary>
    private const int MaxPageBytes = 8 << 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/actors", ListAsync).Needs(Permission.ReadActors)
            .WithName("ListActors").WithTags("actors").WithSummary("The actor directory, latest change first.").Produces<ActorList>();
        routes.MapGet("/api/actors/{actor}", GetAsync).Needs(Permission.ReadActors)
            .WithName("GetActor").WithTags("actors").WithSummary("The actor now.").Produces<ActorDetail>();
        routes.MapGet("/api/actors/{actor}/transitions", TransitionsAsync).Needs(Permission.ReadActors)
            .WithName("ListTransitions").WithTags("actors").WithSummary("The actor's history.").Produces<TransitionList>();
        routes.MapGet("/api/actors/{actor}/replay", ReplayAsync).Needs(Permission.ReadActors)
            .WithName("Replay").WithTags("actors").WithSummary("The state at a revision, by replaying.").Produces<ReplayResult>();
    }

    private static async Task<IResult> ListAsync(
        string? text, string? type, string? label, string? order, int? skip, int? take, ActorDirectory directory, ActorReader reader, IJournal journal, CancellationToken cancellationToken)
    {
        if (skip < 0 || !Enum.TryParse<DirectoryOrder>(order ?? "changed", ignoreCase: true, out var by) || (order is not null && char.IsAsciiDigit(order[0])))
        {
            return Refusal.Invalid("skip is 0 or more, and order is changed, name or length.");
        }

        var query = new DirectoryQuery { Text = text, Type = type, Label = label, Skip = skip ?? 0, Take = Answer.Page(take, 50, 200) };
        var page = await directory.FindAsync(query, by, cancellationToken);
        var rows = new List<ActorItem>(page.Entries.Count);
        foreach (var e in page.Entries)
        {
            rows.Add(new ActorItem(
                e.Actor.ToString(), e.Actor.Type, VersionOf(e.ActorType), e.Label, e.Transitions, e.Revision,
                await reader.LastCommandAsync(e.Actor, cancellationToken), e.Changed.Time));
        }

        return Results.Json(new ActorList(rows, page.Total, await DirectoryLags.EventsAsync(journal, page.Lag, cancellationToken)), LoomJson.Default.ActorList);
    }

    private static async Task<IResult> GetAsync(string actor, HttpResponse response, ActorReader reader, CancellationToken cancellationToken)
    {
        var id = Known(actor, reader);
        if (await reader.NowAsync(id, cancellationToken) is not { } now)
        {
            return Unknown(id);
        }

        response.Headers.ETag = $"\"{now.State.Revision.ToString(CultureInfo.InvariantCulture)}\"";
        return Results.Json(
            new ActorDetail(
                id.ToString(), now.Last.ActorType, now.Last.Machine.Value, now.State.Label, now.State.Revision, now.Transitions,
                Answer.Element(now.State.State), now.State.Link.ToString(), now.First.At.Time, now.Last.At.Time),
            LoomJson.Default.ActorDetail);
    }

    private static async Task<IResult> TransitionsAsync(
        string actor, long? from, int? count, string? direction, ActorReader reader, CancellationToken cancellationToken)
    {
        var id = Known(actor, reader);
        var take = Answer.Page(count, 50, 1000);
        if (direction is not (null or "forwards" or "backwards") || from < 0)
        {
            return Refusal.Invalid("direction is forwards or backwards, and from a revision from 0.");
        }

        var index = await reader.IndexAsync(id, cancellationToken);
        if (index.Count == 0)
        {
            return Unknown(id);
        }

        var backwards = direction == "backwards";
        var start = from is null ? (backwards ? index.Count - 1 : 0) : index.NumberOf(from.Value) ?? (backwards ? index.Count - 1 : index.Count);
        var first = backwards ? Math.Max(0, start - take + 1) : start;
        var page = await reader.PageAsync(id, first, backwards ? start - first + 1 : take, cancellationToken, MaxPageBytes, keepNewest: backwards);
        long? next = backwards
            ? page is [{ Number: > 0 } oldest, ..] ? oldest.Transition.Link.Revision - 1 : null
            : page is [.., var last] && last.Number + 1 < index.Count ? last.Transition.Link.LastRevision + 1 : null;
        return Results.Json(
            new TransitionList(id.ToString(), await TransitionItems.OfAsync(backwards ? page.Reverse() : page, reader.Bodies, cancellationToken), next), LoomJson.Default.TransitionList);
    }

    private static async Task<IResult> ReplayAsync(string actor, long? to, ActorReader reader, CancellationToken cancellationToken)
    {
        var id = Known(actor, reader);
        var index = await reader.IndexAsync(id, cancellationToken);
        if (index.Count == 0)
        {
            return Unknown(id);
        }

        if ((to is { } revision ? index.NumberOf(revision) : index.Count - 1) is not { } number)
        {
            return Refusal.Invalid($"{id} has revisions 0 to {index.At(index.Count - 1).Last}, and no {to}.");
        }

        var state = (await reader.History.ReplayAsync(id, index.At(number).Last, cancellationToken))!;
        var transition = (await reader.FindAsync(id, number, cancellationToken))!.Transition;
        return Results.Json(
            new ReplayResult(
                id.ToString(), state.Revision, number, state.Label, Answer.Element(state.State), transition.Link.To.ToString(), state.Matches),
            LoomJson.Default.ReplayResult);
    }

    private static ActorId Known(string actor, ActorReader reader)
    {
        var id = Answer.Actor(actor);
        return reader.ManifestOf(id) is not null ? id
            : throw new RefusedException(new Refusal(404, "unknown-actor-type", $"This host runs no actor type '{id.Type}'. GET /api/types lists what it runs."));
    }

    private static Refusal Unknown(ActorId actor) => new(404, "unknown-actor", $"There is no {actor}: no command has been accepted for it.");

    private static int VersionOf(string qualified) =>
        int.TryParse(qualified.AsSpan(qualified.IndexOf('@', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
