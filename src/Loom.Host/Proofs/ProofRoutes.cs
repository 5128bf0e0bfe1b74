using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;
using Loom.Proving;
using Loom.Runtime;

namespace Loom.Hosting.Proofs;

/// <summary>
/// The queue of proofs: looking at it, asking for a proof, trying one anew, calling one off, its receipt. The service is looked for in each
/// request, so that a host without proofs loads nothing of them.
/// </summary>
internal static class ProofRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/proofs", List).Needs(Permission.ReadActors)
            .WithName("ListProofs").WithTags("proofs").WithSummary("The queue of proofs, newest first.").Produces<ProofList>();
        routes.MapPost("/api/proofs", RequestAsync).Needs(Permission.Proofs)
            .WithName("RequestProof").WithTags("proofs").WithSummary("Asks for a proof of a transition.").Accepts<ProofRequest>("application/json").Produces<ProofItem>();
        routes.MapGet("/api/proofs/{link}", Get).Needs(Permission.ReadActors)
            .WithName("GetProof").WithTags("proofs").WithSummary("One job.").Produces<ProofItem>();
        routes.MapPost("/api/proofs/{link}/retry", RetryAsync).Needs(Permission.Proofs)
            .WithName("RetryProof").WithTags("proofs").WithSummary("Has it tried anew.").Produces<ProofItem>();
        routes.MapPost("/api/proofs/{link}/cancel", CancelAsync).Needs(Permission.Proofs)
            .WithName("CancelProof").WithTags("proofs").WithSummary("Calls it off.").Produces<ProofItem>();
        routes.MapGet("/api/proofs/{link}/receipt", ReceiptAsync).Needs(Permission.Bundles)
            .WithName("DownloadReceipt").WithTags("proofs").WithSummary("Its receipt, with input and output.").Produces<byte[]>(200, "application/octet-stream");
    }

    /// <summary>What a receipt is called as a file.</summary>
    public static string FileName(ProofJob job) => $"{job.Stream.Value.Replace(':', '_')}-at-{job.Revision}.receipt";

    private static IResult List(string? state, long? before, int? count, HttpContext context)
    {
        var service = Service(context);
        ProofJobState? only = null;
        if (state is not null)
        {
            only = Enum.GetValues<ProofJobState>().Cast<ProofJobState?>().FirstOrDefault(s => ProofItems.Of(s!.Value) == state)
                ?? throw new RefusedException(Refusal.Invalid($"state is one of {string.Join(", ", Enum.GetValues<ProofJobState>().Select(ProofItems.Of))}."));
        }

        var page = service.Queue.List(only, before, Answer.Page(count, 50, 500));
        var prover = context.RequestServices.GetRequiredService<ProverInUse>();
        return Results.Json(ProofItems.Of(page, service, prover.Missing(service.Policies)), LoomJson.Default.ProofList);
    }

    private static IResult Get(string link, HttpContext context)
    {
        var service = Service(context);
        return Results.Json(ProofItems.Of(Job(link, service), service), LoomJson.Default.ProofItem);
    }

    private static async Task<IResult> RequestAsync(HttpContext context, ActorHistory history, Audit audit)
    {
        var service = Service(context);
        audit.RequireWritable();
        var request = await Answer.BodyAsync(context.Request, LoomJson.Default.ProofRequest);
        var actor = Answer.Actor(request.Actor ?? "");
        if (request.Revision < 0)
        {
            return Refusal.Invalid("revision is one from 0.");
        }

        await foreach (var transition in history.ReadAsync(actor, request.Revision, context.RequestAborted))
        {
            return Result(await service.RequestAsync(transition.Link, context.Caller().Principal, context.RequestAborted), service);
        }

        return new Refusal(404, "unknown-actor", $"There is no {actor} with a revision {request.Revision}.");
    }

    private static Task<IResult> RetryAsync(string link, HttpContext context, Audit audit) =>
        ChangeAsync(link, context, audit, (queue, job, by) => queue.RetryAsync(job.Link, by, context.RequestAborted));

    private static Task<IResult> CancelAsync(string link, HttpContext context, Audit audit) =>
        ChangeAsync(link, context, audit, (queue, job, by) => queue.CancelAsync(job.Link, by, context.RequestAborted));

    private static async Task<IResult> ChangeAsync(string link, HttpContext context, Audit audit, Func<ProofQueue, ProofJob, string, Task<ProofAnswer>> change)
    {
        var service = Service(context);
        audit.RequireWritable();
        return Result(await change(service.Queue, Job(link, service), context.Caller().Principal), service);
    }

    private static async Task<IResult> ReceiptAsync(string link, HttpContext context, ReceiptArchive archive)
    {
        var job = Job(link, Service(context));
        return job.Receipt is not { } receipt ? new Refusal(409, "no-receipt", $"The proof of {job.Stream} at revision {job.Revision} is {ProofItems.Of(job.State)}; it has no receipt.")
            : await archive.ReadAsync(job.Stream, receipt.Revision, context.RequestAborted) is { } bytes ? Results.Bytes(bytes.ToArray(), "application/octet-stream", FileName(job))
            : new Refusal(503, "receipt-unavailable", $"The receipt of {job.Stream} at revision {job.Revision} is attached, but its bytes cannot be had (areas receipts and frames). Put them back from a backup ('loom blob put').");
    }

    private static ProvingService Service(HttpContext context) =>
        context.RequestServices.GetService<ProvingService>()
        ?? throw new RefusedException(new Refusal(409, "proofs-off", "This host proves nothing: it has neither proof policies nor a prover. Set proving.policies and proving.prover."));

    private static ProofJob Job(string link, ProvingService service) =>
        !Digest.TryParse(link, out var hash) ? throw new RefusedException(Refusal.Invalid("A proof is named by its transition's link: 64 lower-case hex digits."))
        : service.Queue.Find(hash) ?? throw new RefusedException(new Refusal(404, "unknown-proof", $"Nothing is to be proven of {hash}. GET /api/proofs lists what is."));

    private static IResult Result(ProofAnswer answer, ProvingService service) => answer switch
    {
        ProofAnswer.Done done => Results.Json(ProofItems.Of(done.Job, service), LoomJson.Default.ProofItem),
        ProofAnswer.Refused refused => new Refusal(409, refused.Code, refused.Message),
        _ => throw new InvalidOperationException($"{answer} is no answer."),
    };
}
