using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Actors;
using Loom.Hosting.Configuration;
using Loom.Hosting.EventStore;
using Loom.Hosting.Health;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;
using Loom.Hosting.Telemetry;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Runtime;

namespace Loom.Hosting.Api;

/// <summary>The host itself: who, what, how it is, and its end.</summary>
internal static class OperationRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new HealthReport("live", []), LoomJson.Default.HealthReport)).WithMetadata(Open.Instance)
            .WithName("Live").WithTags("health").WithSummary("Whether the process answers.").Produces<HealthReport>();
        routes.MapGet("/health/ready", ReadyAsync).WithMetadata(Open.Instance)
            .WithName("Ready").WithTags("health").WithSummary("Whether the host can do its work.").Produces<HealthReport>().Produces<HealthReport>(503);
        routes.MapGet("/metrics", (MetricsCollector metrics) => Results.Text(PrometheusText.Write(metrics.Collect()), PrometheusText.ContentType))
            .Needs(Permission.ReadOperations).WithName("Metrics").WithTags("operations").WithSummary("Prometheus text.");
        routes.MapGet("/api/whoami", WhoAmI).Needs(Permission.Known)
            .WithName("WhoAmI").WithTags("operations").WithSummary("Who the host takes the caller for.").Produces<WhoAmI>();
        routes.MapGet(
                "/api/host",
                (LiveSettings settings, HostState state) => Results.Json(
                    new HostInfo(ProductVersion.Text, settings.Now.Environment, settings.Now.IsProduction, settings.Now.DataFolder, state.Started), LoomJson.Default.HostInfo))
            .Needs(Permission.Known).WithName("Host").WithTags("operations").WithSummary("The host.").Produces<HostInfo>();
        routes.MapGet("/api/config", (LiveSettings settings) => Results.Json(Explain(settings), LoomJson.Default.ConfigExplanation))
            .Needs(Permission.ReadOperations).WithName("Config").WithTags("operations").WithSummary("Every setting, its value and where it comes from.").Produces<ConfigExplanation>();
        routes.MapPost("/api/shutdown", ShutdownAsync).Needs(Permission.Administer)
            .WithName("Shutdown").WithTags("operations").WithSummary("Drains and stops the host.").Produces(202);
        routes.MapGet("/api/journal/stats", StatsAsync).Needs(Permission.ReadOperations)
            .WithName("JournalStats").WithTags("operations").WithSummary("The journal.").Produces<Loom.Api.JournalStats>();
        routes.MapPost("/api/journal/backup", BackupAsync).Needs(Permission.Administer)
            .WithName("BackupJournal").WithTags("operations").WithSummary("A hot backup into a folder on the host's machine.").Accepts<BackupRequest>("application/json").Produces<BackupResult>();
        routes.MapPost("/api/journal/scavenge", ScavengeAsync).Needs(Permission.Administer)
            .WithName("ScavengeJournal").WithTags("operations").WithSummary("Gives back the space of ordinary streams' events that nobody can see any more; answers when it is done.")
            .Accepts<JournalScavenge>("application/json").Produces<JournalScavenged>();
        routes.MapGet("/api/projections", ProjectionsAsync).Needs(Permission.ReadOperations)
            .WithName("ListProjections").WithTags("operations").WithSummary("The projections and their lag.").Produces<ProjectionList>();
        routes.MapPost("/api/projections/{name}/rebuild", RebuildAsync).Needs(Permission.Rebuild)
            .WithName("RebuildProjection").WithTags("operations").WithSummary("Rebuilds a projection from the journal.").Produces<ProjectionList>();
    }

    public static ConfigExplanation Explain(LiveSettings settings) => new(
        File.Exists(settings.File) ? settings.File : null, settings.Problem,
        [.. settings.Now.All.Select(s => new SettingItem(s.Setting.Name, s.Shown, s.Source.ToString().ToLowerInvariant(), s.Setting.Default, s.Setting.Description))]);

    public static async Task<ProjectionItem> DirectoryAsync(ActorDirectory directory, IJournal journal, CancellationToken cancellationToken)
    {
        var lag = await directory.LagAsync(cancellationToken);
        return new ProjectionItem(
            "actors", await DirectoryLags.EventsAsync(journal, lag, cancellationToken), lag.Position, lag.CaughtUp ? null : lag.Progress, null);
    }

    // Anybody may ask whether the host is well; what exactly is wrong is for those who are known.
    private static async Task<IResult> ReadyAsync(HttpContext context, HealthChecks checks, CancellationToken cancellationToken)
    {
        var report = await checks.RunAsync(cancellationToken);
        if (context.Features.Get<Caller>() is null)
        {
            report = report with { Checks = [.. report.Checks.Select(c => c with { Message = "" })] };
        }

        return Results.Json(report, LoomJson.Default.HealthReport, statusCode: report.Status == "not ready" ? 503 : 200);
    }

    private static async Task<IResult> StatsAsync(IJournal journal, JournalFigures figures, HostState state, CancellationToken cancellationToken) =>
        Results.Json(
            new Loom.Api.JournalStats(figures.Kind, figures.Place, await journal.LastPositionAsync(cancellationToken), state.ReadOnly, figures.Read()), LoomJson.Default.JournalStats);

    // Keys and tokens are secrets and stay out: they are kept apart from backups.
    private static async Task<IResult> BackupAsync(HttpContext context, OpenJournal opened, IBlobStore blobs, DataFolder data, Audit audit)
    {
        if (opened.Embedded is not { } journal)
        {
            return new Refusal(409, "not-embedded", $"This host's journal is on {opened.Server}, and only that server can back it up: with its own tools, or POST /api/journal/backup there when it is a host of Loom's.");
        }

        var request = await Answer.BodyAsync(context.Request, LoomJson.Default.BackupRequest);
        if (string.IsNullOrEmpty(request.Folder) || !Path.IsPathFullyQualified(request.Folder))
        {
            return Refusal.Invalid("folder is an absolute path on the host's machine; the folder must not exist yet, or be empty.");
        }

        IReadOnlyList<BackupFile> extra = File.Exists(data.Origin) ? [new BackupFile(data.Origin, Path.GetFileName(data.Origin))] : [];
        await audit.WriteAsync(context.Caller(), "journalBackedUp", request.Folder, context.RequestAborted);
        try
        {
            var report = await JournalMaintenance.BackupAsync(journal, request.Folder, extra, blobs, null, context.RequestAborted);
            return Results.Json(new BackupResult(request.Folder, report.LastPosition, report.Bytes, report.Missing), LoomJson.Default.BackupResult);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BlobException)
        {
            return new Refusal(409, "conflict", $"The backup cannot be written to {request.Folder}: {e.Message}");
        }
    }

    // A caller who goes away stops it after the segment at hand.
    private static async Task<IResult> ScavengeAsync(HttpContext context, OpenJournal opened, HostState state, Audit audit)
    {
        if (opened.Embedded is not { } journal)
        {
            return new Refusal(409, "not-embedded", $"This host's journal is on {opened.Server}, and only that server can scavenge it: POST /api/journal/scavenge there when it is a host of Loom's, else its own tools.");
        }

        var request = await Answer.BodyAsync(context.Request, LoomJson.Default.JournalScavenge);
        if (!request.DryRun && state.ReadOnly is { } reason)
        {
            return new Refusal(503, "read-only", reason);
        }

        if (!request.DryRun)
        {
            await audit.WriteAsync(context.Caller(), "journalScavenged", "", context.RequestAborted);
        }

        try
        {
            var done = await journal.ScavengeAsync(new ScavengeRequest { DryRun = request.DryRun }, null, context.RequestAborted);
            return Results.Json(
                new JournalScavenged(done.Segments, done.Rewritten, done.Events, done.Bytes, done.BytesFreed, done.WasStopped, request.DryRun), LoomJson.Default.JournalScavenged);
        }
        catch (JournalException e) when (e.Failure == JournalFailure.Refused)
        {
            return new Refusal(409, "conflict", e.Message);
        }
    }

    private static IResult WhoAmI(HttpContext context)
    {
        var caller = context.Caller();
        return Results.Json(
            new WhoAmI(caller.Principal, caller.Roles, caller.ApplicationRoles ?? ["*"], caller.ByToken ? "token" : "loopback"), LoomJson.Default.WhoAmI);
    }

    private static async Task<IResult> ShutdownAsync(HttpContext context, HostState state, Audit audit, IHostApplicationLifetime lifetime)
    {
        if (state.ReadOnly is null)
        {
            await audit.WriteAsync(context.Caller(), "hostStopped", "", context.RequestAborted);
        }

        context.Response.OnCompleted(() =>
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        });
        return Results.StatusCode(202);
    }

    private static async Task<IResult> ProjectionsAsync(ActorDirectory directory, IJournal journal, CancellationToken cancellationToken) =>
        Results.Json(new ProjectionList([await DirectoryAsync(directory, journal, cancellationToken)]), LoomJson.Default.ProjectionList);

    private static async Task<IResult> RebuildAsync(
        string name, HttpContext context, ActorDirectory directory, IJournal journal, Audit audit, CancellationToken cancellationToken)
    {
        if (name != "actors")
        {
            return Refusal.NotFound($"There is no projection '{name}'; there is actors.");
        }

        await audit.WriteAsync(context.Caller(), "projectionRebuilt", name, cancellationToken);
        directory.Rebuild();
        return await ProjectionsAsync(directory, journal, cancellationToken);
    }
}
