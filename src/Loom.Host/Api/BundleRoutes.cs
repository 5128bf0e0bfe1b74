using System.Globalization;
using System.Text;
using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Configuration;
using Loom.Hosting.Problems;
using Loom.Hosting.Provenance;
using Loom.Provenance;
using Microsoft.AspNetCore.Http.Features;

namespace Loom.Hosting.Api;

/// <summary>Bundles: exporting them, having the server verify them, and what an auditor needs for doing it alone.</summary>
internal static class BundleRoutes
{
    public const string ContentType = "application/vnd.loom.bundle+zip";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/actors/{actor}/bundle", ExportAsync).Needs(Permission.Bundles)
            .WithName("ExportBundle").WithTags("provenance").WithSummary("A provenance bundle.").Produces<byte[]>(200, ContentType);
        routes.MapPost("/api/verify", VerifyAsync).Needs(Permission.Bundles).DisableAntiforgery()
            .WithName("VerifyBundle").WithTags("provenance").WithSummary("The server verifies a bundle.").Accepts<byte[]>("application/octet-stream", "multipart/form-data").Produces<VerifyResult>();
        routes.MapGet("/api/trust", TrustAsync).Needs(Permission.Bundles)
            .WithName("Trust").WithTags("provenance").WithSummary("This log's trust file.");
    }

    public static BundleHide HideOf(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Aggregate(BundleHide.None, (hide, word) => word switch
        {
            "data" => hide | BundleHide.Data,
            "commands" => hide | BundleHide.Commands,
            _ => throw new RefusedException(Refusal.Invalid("hide is data, commands, or data,commands.")),
        });

    private static async Task<IResult> ExportAsync(
        string actor, string? hide, long? atSize, HttpResponse response, BundleExporter exporter, RequestPlaces places, CancellationToken cancellationToken)
    {
        using var place = places.Exports.Take();
        var bundle = await exporter.ExportAsync([Answer.Actor(actor)], HideOf(hide), atSize, cancellationToken);
        response.Headers["Loom-Tree-Size"] = bundle.TreeSize.ToString(CultureInfo.InvariantCulture);
        return Results.Stream(bundle.Content, ContentType, bundle.FileName);
    }

    private static async Task<IResult> TrustAsync(OwnTrust trust, CancellationToken cancellationToken) =>
        Results.File((await trust.ReadAsync(cancellationToken)).Write(), "application/json", "trust.json");

    private static async Task<IResult> VerifyAsync(HttpContext context, OwnTrust ownTrust, ServerVerifier verifier, RequestPlaces places, LiveSettings settings)
    {
        using var place = places.Verifications.Take();
        var limit = settings.Now.Integer("limits.bundle");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = limit;
        }

        if (context.Request.ContentLength > limit)
        {
            return new Refusal(413, "too-large", $"The bundle has {context.Request.ContentLength} bytes; this host verifies up to {limit} (limits.bundle). loom verify takes more.");
        }

        if (!context.Request.HasFormContentType)
        {
            var own = await ownTrust.ReadAsync(context.RequestAborted);
            return Result(await verifier.VerifyAsync(await SpoolAsync(context), own, null, limit, context.RequestAborted));
        }

        var form = await Answer.FormAsync(context.Request, new FormOptions { MultipartBodyLengthLimit = limit, ValueLengthLimit = 1 << 20, ValueCountLimit = 16 });
        if (form.Files["bundle"] is not { } file)
        {
            return Refusal.Invalid("The form has no file 'bundle'.");
        }

        var trust = await PartAsync(form, "trust", context.RequestAborted) is { } given ? Trust(given) : await ownTrust.ReadAsync(context.RequestAborted);
        var seen = await PartAsync(form, "seen", context.RequestAborted) is { } text ? Seen(text) : null;
        await using var bundle = file.OpenReadStream();
        return Result(await verifier.VerifyAsync(bundle, trust, seen, limit, context.RequestAborted));
    }

    public static VerifyResult ToResult(VerificationReport report) => new(
        "server", report.ExitCode, report.Malformed is { } bad ? $"{report.Conclusion}: {bad.Message}" : report.Conclusion,
        [.. report.Claims.Select(c => new ClaimItem(c.Title, ClaimNames.Of(c.Verdict), report.Required.Contains(c.Claim), c.Reason, c.WhoHasToBeBelieved))],
        [.. (report.Bundle?.Streams ?? []).Select(s => new BundleStreamItem(s.Name, s.Transitions, s.Head?.ToString() ?? ""))]);

    private static IResult Result(VerificationReport report) => Results.Json(ToResult(report), LoomJson.Default.VerifyResult);

    // The verifier reads synchronously; the request's body may not.
    private static async Task<Stream> SpoolAsync(HttpContext context)
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        context.Response.RegisterForDispose(file);
        await context.Request.Body.CopyToAsync(file, context.RequestAborted);
        file.Position = 0;
        return file;
    }

    private static async Task<byte[]?> PartAsync(IFormCollection form, string name, CancellationToken cancellationToken)
    {
        if (form.Files[name] is not { } file)
        {
            return form.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? Encoding.UTF8.GetBytes(text) : null;
        }

        if (file.Length > 1 << 20)
        {
            throw new RefusedException(new Refusal(413, "too-large", $"'{name}' is larger than 1 MiB."));
        }

        using var buffer = new MemoryStream();
        await file.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }

    private static TrustRoot Trust(byte[] bytes)
    {
        try
        {
            return TrustRoot.Parse(bytes);
        }
        catch (FormatException e)
        {
            throw new RefusedException(Refusal.Invalid(e.Message));
        }
    }

    private static SignedNote Seen(byte[] bytes) =>
        SignedNote.TryParse(bytes, out var note) ? note : throw new RefusedException(Refusal.Invalid("'seen' is no signed checkpoint."));
}
