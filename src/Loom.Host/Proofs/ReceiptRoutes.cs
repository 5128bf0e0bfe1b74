using System.Runtime.CompilerServices;
using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.Problems;
using Loom.Provenance.Receipts;
using Loom.Proving;

namespace Loom.Hosting.Proofs;

/// <summary>The receipts of an actor, from the journal: they are there whether this host proves anything now or not.</summary>
internal static class ReceiptRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/actors/{actor}/receipts", ListAsync).Needs(Permission.ReadActors)
            .WithName("ListReceipts").WithTags("proofs").WithSummary("The receipts of an actor.").Produces<ReceiptList>();
        routes.MapGet("/api/actors/{actor}/receipts/{revision}", GetAsync).Needs(Permission.Bundles)
            .WithName("DownloadReceiptOfActor").WithTags("proofs").WithSummary("A receipt, with input, output and image.").Produces<byte[]>(200, "application/octet-stream");
    }

    private static async Task<IResult> ListAsync(string actor, long? from, int? count, HttpContext context, ReceiptArchive archive)
    {
        var stream = Answer.Actor(actor).Stream;
        if (from < 0)
        {
            return Refusal.Invalid("from is a revision of the stream of receipts, from 0.");
        }

        var wanted = Answer.Page(count, 50, 200);
        var acts = await archive.ActsAsync(stream, from ?? 0, wanted + 1, context.RequestAborted);
        var items = new List<ReceiptItem>();
        foreach (var (_, act, at) in acts.Take(wanted))
        {
            var bits = await archive.SealAsync(act, context.RequestAborted) is { } seal ? SoundnessAccount.Of(seal, out _) : null;
            items.Add(new ReceiptItem(
                act.Link.ToString(), act.Revision, act.ImageId.ToString(), act.Module.ToString(), act.Set, (int?)bits?.ProvenBits, (int?)bits?.ConjecturedBits, act.SealBytes, act.Cycles,
                Took(act.Link, context), at));
        }

        return Results.Json(new ReceiptList(actor, items, acts.Count > wanted ? acts[wanted].Revision : null), LoomJson.Default.ReceiptList);
    }

    private static async Task<IResult> GetAsync(string actor, long revision, ReceiptArchive archive, CancellationToken cancellationToken)
    {
        var stream = Answer.Actor(actor).Stream;
        return await archive.WholeAsync(stream, revision, cancellationToken) is not { } bytes
            ? new Refusal(404, "no-receipt", $"No transition of {actor} that begins at revision {revision} has a receipt. GET /api/actors/{actor}/receipts lists what has one.")
            : bytes.IsEmpty
                ? new Refusal(503, "receipt-unavailable", $"The receipt of {actor} at revision {revision} is attached, but its bytes cannot be had (areas receipts, frames and images). Put them back from a backup ('loom blob put').")
                : Results.Bytes(bytes.ToArray(), "application/octet-stream", $"{stream.Value.Replace(':', '_')}-at-{revision}.receipt");
    }

    // Only the queue of a host that proves knows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long? Took(Digest link, HttpContext context) => context.RequestServices.GetService<ProvingService>()?.Queue.Find(link)?.Receipt?.Milliseconds;
}
