using Loom.Api;
using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.Configuration;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;
using Loom.Journal.Blobs;
using Loom.Runtime;
using Microsoft.AspNetCore.Http.Features;

namespace Loom.Hosting.Modules;

/// <summary>The registered WebAssembly modules: looking at them, registering them, choosing which one an actor type uses.</summary>
internal static class ModuleRoutes
{
    private const int FormOverhead = 256 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(
                "/api/modules",
                (ModuleRegistry modules, ActorDirectory directory) => Results.Json(new ModuleList([.. modules.All.Select(m => ModuleItems.Of(m, directory))]), LoomJson.Default.ModuleList))
            .Needs(Permission.ReadActors).WithName("ListModules").WithTags("modules").WithSummary("The registered modules.").Produces<ModuleList>();
        routes.MapGet("/api/modules/{name}", Versions)
            .Needs(Permission.ReadActors).WithName("ListModuleVersions").WithTags("modules").WithSummary("One module's versions.").Produces<ModuleList>();
        routes.MapGet("/api/modules/{name}/{version}", DetailAsync)
            .Needs(Permission.ReadActors).WithName("GetModule").WithTags("modules").WithSummary("One version, with manifest, contents and findings.").Produces<ModuleDetail>();
        routes.MapGet("/api/modules/{name}/{version}/wasm", BytesAsync)
            .Needs(Permission.ReadActors).WithName("DownloadModule").WithTags("modules").WithSummary("Its bytes.").Produces<byte[]>(200, "application/wasm");
        routes.MapGet("/api/modules/{name}/{version}/actors", UsersAsync)
            .Needs(Permission.ReadActors).WithName("ListModuleActors").WithTags("modules").WithSummary("The actors that have it as their machine.").Produces<ModuleUsers>();
        routes.MapPost("/api/modules", AddAsync).Needs(Permission.Modules).DisableAntiforgery()
            .WithName("AddModule").WithTags("modules").WithSummary("Registers a module, or only checks it.").Accepts<byte[]>("multipart/form-data")
            .Produces<ModuleReportResult>().Produces<ModuleReportResult>(201);
        routes.MapPost("/api/modules/{name}/{version}/use", UseAsync).Needs(Permission.Modules)
            .WithName("UseModule").WithTags("modules").WithSummary("Makes it its actor type's machine.").Produces<ModuleItem>();
    }

    private static IResult Versions(string name, ModuleRegistry modules, ActorDirectory directory)
    {
        var versions = modules.All.Where(m => m.Manifest.Name == name).Select(m => ModuleItems.Of(m, directory)).ToList();
        return versions.Count > 0 ? Results.Json(new ModuleList(versions), LoomJson.Default.ModuleList) : Unknown(name, null);
    }

    private static async Task<IResult> DetailAsync(string name, int version, ModuleRegistry modules, ActorDirectory directory, CancellationToken cancellationToken)
    {
        if (modules.Find(name, version) is not { } module)
        {
            return Unknown(name, version);
        }

        var report = modules.Check(await modules.ReadAsync(module, cancellationToken), module.Manifest.Json);
        return Results.Json(
            new ModuleDetail(ModuleItems.Of(module, directory), ModuleItems.ManifestOf(module.Manifest), ModuleItems.Of(report.Anatomy), ModuleItems.Of(report.Findings)),
            LoomJson.Default.ModuleDetail);
    }

    private static async Task<IResult> BytesAsync(string name, int version, ModuleRegistry modules, CancellationToken cancellationToken) =>
        modules.Find(name, version) is { } module
            ? Results.Bytes((await modules.ReadAsync(module, cancellationToken)).ToArray(), "application/wasm", $"{name}-{version}.wasm")
            : Unknown(name, version);

    private static async Task<IResult> UsersAsync(
        string name, int version, int? skip, int? take, ModuleRegistry modules, ActorDirectory directory, CancellationToken cancellationToken)
    {
        if (modules.Find(name, version) is not { } module)
        {
            return Unknown(name, version);
        }

        var query = new DirectoryQuery { Type = module.Manifest.ActorType, Module = module.Machine, Skip = Math.Max(0, skip ?? 0), Take = Answer.Page(take, 50, 500) };
        var page = await directory.FindAsync(query, cancellationToken);
        return Results.Json(
            new ModuleUsers(
                ModuleItems.Of(module, directory), [.. page.Entries.Select(e => new ModuleUser(e.Actor.ToString(), e.Label, e.Revision, e.Changed.Time))], page.Total),
            LoomJson.Default.ModuleUsers);
    }

    private static async Task<IResult> AddAsync(
        string? use, string? check, HttpContext context, ModuleRegistry modules, ActorDirectory directory, LiveSettings settings, RequestPlaces places, Audit audit)
    {
        var (used, onlyCheck) = (Switch(use, "use"), Switch(check, "check") is true);
        using var place = places.Modules.Take();
        var (module, manifest) = await UploadAsync(context, settings);
        if (onlyCheck)
        {
            return Results.Json(ModuleItems.Of(modules.Check(module, manifest), directory), LoomJson.Default.ModuleReportResult);
        }

        audit.RequireWritable();
        ModuleReport report;
        try
        {
            report = await modules.RegisterAsync(module, manifest, context.Caller().Principal, used, context.RequestAborted);
        }
        catch (BlobException e)
        {
            return new Refusal(e.Failure == BlobFailure.Full ? 507 : 503, e.Failure == BlobFailure.Full ? "disk-full" : "blobs-unavailable", $"The module's bytes could not be stored, so nothing was registered. {e.Message}");
        }

        if (report.Refusal is { } refused)
        {
            if (refused.Rule == "machine-imports-only")
            {
                // Somebody asked for more than machines are given: that is to be seen later, too.
                await audit.TryWriteAsync(context.Caller(), "moduleRefused", $"{report.Manifest?.QualifiedName ?? "?"} ({report.Hash}): {refused.Rule}");
            }

            return new Refusal(StatusOf(refused.Rule), refused.Rule, refused.Message);
        }

        return Results.Json(ModuleItems.Of(report, directory), LoomJson.Default.ModuleReportResult, statusCode: report.KnownAlready ? 200 : 201);
    }

    private static async Task<IResult> UseAsync(string name, int version, HttpContext context, ModuleRegistry modules, ActorDirectory directory, Audit audit)
    {
        audit.RequireWritable();
        if (await modules.JudgeUseAsync(name, version, context.RequestAborted) is { } refused)
        {
            return new Refusal(StatusOf(refused.Rule), refused.Rule, refused.Message);
        }

        return await modules.UseAsync(name, version, context.Caller().Principal, context.RequestAborted) is { } module
            ? Results.Json(ModuleItems.Of(module, directory), LoomJson.Default.ModuleItem)
            : Unknown(name, version);
    }

    private static async Task<(byte[] Module, byte[] Manifest)> UploadAsync(HttpContext context, LiveSettings settings)
    {
        var limit = settings.Now.Integer("wasm.bytes") + FormOverhead;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = limit;
        }

        if (context.Request.ContentLength > limit)
        {
            throw new RefusedException(new Refusal(413, "module-too-large", $"The upload has {context.Request.ContentLength} bytes; this host takes modules of up to {settings.Now.Integer("wasm.bytes")} (wasm.bytes)."));
        }

        if (!context.Request.HasFormContentType)
        {
            throw new RefusedException(new Refusal(415, "unsupported-media-type", "Send multipart/form-data with the files 'module' (.wasm) and 'manifest' (.module.json)."));
        }

        var form = await Answer.FormAsync(context.Request, new FormOptions { MultipartBodyLengthLimit = limit, ValueLengthLimit = 1 << 20, ValueCountLimit = 8 });
        return (await FileAsync(form, "module", context.RequestAborted), await FileAsync(form, "manifest", context.RequestAborted));
    }

    private static async Task<byte[]> FileAsync(IFormCollection form, string name, CancellationToken cancellationToken)
    {
        if (form.Files[name] is not { } file)
        {
            throw new RefusedException(Refusal.Invalid($"The form has no file '{name}'."));
        }

        using var buffer = new MemoryStream((int)file.Length);
        await file.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }

    private static bool? Switch(string? text, string name) => text switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw new RefusedException(Refusal.Invalid($"{name} is true or false.")),
    };

    private static int StatusOf(string rule) => rule switch
    {
        "module-name-taken" or "module-bytes-known" or "actor-type-taken" or "module-effects-differ" => 409,
        "module-too-large" => 413,
        "prover-unavailable" or "image-not-stored" => 503,
        _ => 400,
    };

    private static Refusal Unknown(string name, int? version) => new(
        404, "unknown-module", $"There is no module '{(name.Length > 80 ? name[..80] + "…" : name)}'{(version is { } v ? $" of version {v}" : "")}; GET /api/modules lists those there are.");
}
