using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;
using Loom.Hosting.Provenance;
using Loom.Journal.Log;
using Loom.Provenance;

namespace Loom.Hosting.Api;

/// <summary>The transparency log and its keys.</summary>
internal static class LogRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/log", async (LogService log, CancellationToken ct) => Results.Json(await StatusAsync(log, ct), LoomJson.Default.LogStatus)).Needs(Permission.ReadLog)
            .WithName("Log").WithTags("log").WithSummary("The transparency log.").Produces<LogStatus>();
        routes.MapGet("/api/log/checkpoints", CheckpointsAsync).Needs(Permission.ReadLog)
            .WithName("ListCheckpoints").WithTags("log").WithSummary("Checkpoints, newest first.").Produces<CheckpointList>();
        routes.MapGet(
                "/api/log/checkpoint",
                (LogService log) => log.Log.LatestCheckpoint is { } note ? Results.Text(note.Format()) : new Refusal(409, "no-checkpoint", "The log has no checkpoint yet."))
            .Needs(Permission.ReadLog).WithName("LatestCheckpoint").WithTags("log").WithSummary("The latest checkpoint, as the signed note.");
        routes.MapGet("/api/log/entries", EntriesAsync).Needs(Permission.ReadLog)
            .WithName("ListLogEntries").WithTags("log").WithSummary("Leaves in order.").Produces<LogEntryList>();
        routes.MapPost("/api/log/flush", FlushAsync).Needs(Permission.Bundles)
            .WithName("FlushLog").WithTags("log").WithSummary("Waits until every link durable now is under a checkpoint.").Produces<LogStatus>();
        routes.MapPost("/api/log/publish", PublishAsync).Needs(Permission.Administer)
            .WithName("PublishLog").WithTags("log").WithSummary("Sends the last checkpoint to where log.publish says.").Produces<PublishResult>();
        routes.MapGet("/api/keys", KeysAsync).Needs(Permission.ReadLog)
            .WithName("ListKeys").WithTags("log").WithSummary("The log's keys.").Produces<KeyList>();
        routes.MapPost("/api/keys/rotate", RotateAsync).Needs(Permission.Administer)
            .WithName("RotateKey").WithTags("log").WithSummary("Goes over to a new key.").Produces<KeyList>();
        routes.MapPost("/api/keys/{name}/revoke", RevokeAsync).Needs(Permission.Administer)
            .WithName("RevokeKey").WithTags("log").WithSummary("Links beyond a size are no longer signed by this key.").Accepts<RevokeRequest>("application/json").Produces<KeyList>();
        routes.MapPost("/api/journal/accept-rollback", AcceptRollbackAsync).Needs(Permission.Administer)
            .WithName("AcceptRollback").WithTags("log").WithSummary("Takes the journal as it is and starts a new log epoch.").Produces<LogStatus>();
    }

    public static CheckpointItem? Item(SignedNote? note, DateTimeOffset at) =>
        note is not null && Checkpoint.TryParse(note.Text, out var c) ? new CheckpointItem(c.Size, c.Root.ToString(), at, note.Format()) : null;

    private static async Task<LogStatus> StatusAsync(LogService log, CancellationToken cancellationToken)
    {
        var health = log.Log.Health;
        var latest = (await log.CheckpointsAsync(null, 1, cancellationToken)).FirstOrDefault();
        return new LogStatus(
            log.Origin, log.Log.Epoch, log.Log.Size, health.State == LogState.Building, health.State == LogState.RollbackDetected,
            latest is null ? null : Item(latest.Note, latest.Created), [.. health.Findings.Select(f => $"{f.Subject}: {f.Problem}")]);
    }

    private static async Task<IResult> CheckpointsAsync(long? below, int? count, LogService log, CancellationToken cancellationToken)
    {
        var take = Answer.Page(count, 50, 500);
        var found = await log.CheckpointsAsync(below, take + 1, cancellationToken);
        return Results.Json(
            new CheckpointList([.. found.Take(take).Select(c => Item(c.Note, c.Created)!)], found.Count > take ? found[take - 1].Checkpoint.Size : null),
            LoomJson.Default.CheckpointList);
    }

    private static async Task<IResult> EntriesAsync(long? from, int? count, LogService log, CancellationToken cancellationToken)
    {
        if (from < 0)
        {
            return Refusal.Invalid("from is a leaf's index, from 0.");
        }

        var entries = new List<Loom.Api.LogEntry>();
        await foreach (var e in log.Log.EntriesAsync(from ?? 0, Answer.Page(count, 100, 10_000), cancellationToken))
        {
            entries.Add(new Loom.Api.LogEntry(e.Index, e.Stream.Value, e.Revision, e.Link.ToString()));
        }

        return Results.Json(
            new LogEntryList(entries, entries is [.., var last] && last.Index + 1 < log.Log.Size ? last.Index + 1 : null), LoomJson.Default.LogEntryList);
    }

    private static async Task<IResult> FlushAsync(LogService log, CancellationToken cancellationToken)
    {
        await log.Log.FlushAsync(cancellationToken);
        return Results.Json(await StatusAsync(log, cancellationToken), LoomJson.Default.LogStatus);
    }

    private static async Task<IResult> PublishAsync(HttpContext context, LogService log, CheckpointPublisher publisher, Audit audit, CancellationToken cancellationToken)
    {
        if (log.Log.LatestCheckpoint is not { } note || Item(note, default) is not { } item)
        {
            return new Refusal(409, "no-checkpoint", "The log has no checkpoint yet.");
        }

        var (place, refusal) = await publisher.PublishAsync(note, cancellationToken);
        if (place is null)
        {
            return new Refusal(409, "conflict", refusal!);
        }

        await audit.WriteAsync(context.Caller(), "checkpointPublished", $"size {item.Size} to {place}", cancellationToken);
        return Results.Json(new PublishResult(item.Size, [place]), LoomJson.Default.PublishResult);
    }

    private static async Task<IResult> KeysAsync(LogService log, CancellationToken cancellationToken) =>
        Results.Json(
            new KeyList([.. (await log.Log.KeysAsync(cancellationToken)).Select(k => new KeyItem(
                k.KeyId, TrustRoot.Fingerprint(k.PublicKey.Span), k.FromSize, k.ToSize, k.RevokedAfter is not null))]),
            LoomJson.Default.KeyList);

    private static async Task<IResult> RotateAsync(HttpContext context, LogService log, Audit audit, CancellationToken cancellationToken)
    {
        await audit.WriteAsync(context.Caller(), "keyRotated", log.Origin, cancellationToken);
        await log.RotateAsync(context.Caller().Principal, cancellationToken);
        return await KeysAsync(log, cancellationToken);
    }

    private static async Task<IResult> RevokeAsync(string name, HttpContext context, LogService log, Audit audit, CancellationToken cancellationToken)
    {
        var request = await Answer.BodyAsync(context.Request, LoomJson.Default.RevokeRequest);
        if (request.AfterSize < 0 || (await log.Log.KeysAsync(cancellationToken)).All(k => k.KeyId != name))
        {
            return request.AfterSize < 0 ? Refusal.Invalid("afterSize is a tree size, from 0.") : Refusal.NotFound($"The log has no key '{name}'; 'loom key list' (GET /api/keys) lists them.");
        }

        await audit.WriteAsync(context.Caller(), "keyRevoked", $"{name} after size {request.AfterSize}: {request.Reason}", cancellationToken);
        await log.Log.RevokeAsync(name, request.AfterSize, context.Caller().Principal, cancellationToken);
        return await KeysAsync(log, cancellationToken);
    }

    private static async Task<IResult> AcceptRollbackAsync(HttpContext context, LogService log, Engine engine, CancellationToken cancellationToken)
    {
        if (log.Rollback is null)
        {
            return new Refusal(409, "conflict", "The journal holds every checkpoint that is known here: there is nothing to accept.");
        }

        await log.Log.AcceptRollbackAsync(context.Caller().Principal, cancellationToken);
        await engine.TakeWritesAsync(cancellationToken);
        return Results.Json(await StatusAsync(log, cancellationToken), LoomJson.Default.LogStatus);
    }
}
