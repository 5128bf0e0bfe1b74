using System.Diagnostics;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Actors;
using Loom.Hosting.Api;
using Loom.Hosting.Problems;
using Loom.Hosting.Proofs;
using Loom.Provenance.Receipts;
using Loom.Proving;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>Receipts as the console asks for them: read from the journal and the blobs, verified anew each time somebody asks.</summary>
internal sealed class ReceiptsView(
    ProofSource source, ReceiptArchive archive, ActorReader reader, RequestPlaces places, PersonAtConsole person, TimeProvider time) : IReceipts
{
    public async Task<ReceiptDetail?> ReceiptAsync(string link, CancellationToken cancellationToken)
    {
        if (await FindAsync(link, cancellationToken) is not var (job, act))
        {
            return null;
        }

        var bytes = await archive.ReceiptAsync(act, cancellationToken);
        ReceiptError? error = null;
        var account = bytes is { } receipt ? SoundnessAccount.Of(receipt, out error) : null;
        var s = Statement.Read(act.Statement.Span);
        return new ReceiptDetail(
            (await reader.IndexAsync(job.Actor, cancellationToken)).NumberOf(job.Revision), job.Receipt!.Revision, act.Seal.ToString(),
            new ReceiptStatement(
                act.Module.ToString(), s.ImageId.ToString(), s.InputDigest.ToString(), (long)s.InputLength, s.OutputDigest.ToString(), (long)s.OutputLength, s.ExitCode, (long)s.Cycles),
            account is null ? null : Table(account),
            bytes is null ? Missing(job) : error?.ToString());
    }

    public async Task<ReceiptReport> VerifyAsync(string link, CancellationToken cancellationToken)
    {
        if (await FindAsync(link, cancellationToken) is not var (job, act))
        {
            return Report(ClaimOutcome.NotCovered, "There is no receipt.", "Nothing is attached to this transition.");
        }

        try
        {
            using var place = places.Verifications.Take();
            return await VerifyAsync(job, act, cancellationToken);
        }
        catch (RefusedException e)
        {
            return Report(ClaimOutcome.NotCovered, "It was not verified.", e.Refusal.Detail);
        }
    }

    public async Task<ReceiptDownload> DownloadAsync(string link, CancellationToken cancellationToken)
    {
        var caller = await person.WhoAsync();
        return !caller.May(Permission.Bundles) ? No($"{caller.Principal} may not have receipts, which hold input and output; it takes one of the roles {string.Join(", ", AccessTable.Having(Permission.Bundles))}.")
            : await FindAsync(link, cancellationToken) is not var (job, act) ? No("Nothing is attached to this transition.")
            : await archive.ReceiptAsync(act, cancellationToken) is not { } bytes ? No(Missing(job))
            : new ReceiptDownload(ProofRoutes.FileName(job), new MemoryStream(bytes.ToArray(), writable: false), null);

        static ReceiptDownload No(string why) => new("", null, why);
    }

    private async Task<ReceiptReport> VerifyAsync(ProofJob job, ReceiptAct act, CancellationToken cancellationToken)
    {
        var index = await reader.IndexAsync(job.Actor, cancellationToken);
        if (index.NumberOf(job.Revision) is not { } number || await reader.FindAsync(job.Actor, number, cancellationToken) is not { } found || found.Transition.Link.Hash != job.Link)
        {
            return Report(ClaimOutcome.False, "The receipt is of no transition in this journal.", $"{job.Stream} at revision {job.Revision} has not the link {job.Link}. Run loom journal check.");
        }

        if (await archive.ReceiptAsync(act, cancellationToken) is not { } receipt)
        {
            return Report(ClaimOutcome.NotCovered, "The receipt cannot be had.", Missing(job));
        }

        var before = number == 0 ? null : await reader.FindAsync(job.Actor, number - 1, cancellationToken);
        var request = new LinkReceiptRequest
        {
            Link = found.Transition.Link,
            Opening = found.Transition.Opening,
            SaltBefore = before?.Transition.Opening.PartSalt(Salts.To),
            Trusted = await archive.TrustedAsync(cancellationToken),
            Image = await archive.ImageAsync(act, cancellationToken),
            Receipt = receipt,
        };
        var began = Stopwatch.GetTimestamp();
        var result = LinkReceiptVerifier.Verify(request);
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return result.Failed is { } failed
            ? Report(
                result.IsNotCovered ? ClaimOutcome.NotCovered : ClaimOutcome.False, result.IsNotCovered ? "It could not be judged." : "The receipt does not prove this transition.",
                $"{result.Reason} ({failed})", took)
            : Report(ClaimOutcome.Holds, $"Proven (image id {result.Image}; set {result.Seal!.Set!.Name}: {result.Seal.Security}).", "", took, Checks(found.Transition.Link, result, receipt.Length));
    }

    private static IReadOnlyList<string> Checks(Link link, LinkReceiptResult result, int bytes) =>
    [
        $"The image {result.Image} is registered here for the module that the link names, and the image's bytes hash to it.",
        link.From is null
            ? "The input is what the link says: no state before, its command, and the context that follows from it."
            : "The input is what the link says: the state before opens 'from', the command opens its digest, the context follows from the link.",
        $"The output is what the link says: the module accepted, its state opens 'to', and {(link.Count == 1 ? "its event opens its digest" : $"its {link.Count} events open their digests")}.",
        $"The proof: {bytes} bytes with input and output, {result.Seal!.Segments} segment, {result.Seal.Set!.Queries} queries opened, every constraint composed anew.",
    ];

    private static SoundnessTable Table(SoundnessAccount account) => new(
        account.Set.Name, $"blow-up {1 << account.Set.LogBlowup}, {account.Set.Queries} queries, {account.Set.GrindingBits} bits of grinding, tables of up to 2^{account.LogHeight} rows", account.Segments,
        account.ProvenBits, account.ConjecturedBits,
        [.. account.Terms.Select(t => new SoundnessRow(t.Name, t.Bound, t.Bits, t.IsTheorem, (t.CountsAsProven, t.CountsAsConjectured) switch
        {
            (true, true) => "both sums",
            (true, false) => "proven sum",
            (false, true) => "conjectured sum",
            _ => "for comparison",
        }))]);

    private async Task<(ProofJob Job, ReceiptAct Act)?> FindAsync(string link, CancellationToken cancellationToken) =>
        Digest.TryParse(link, out var hash) && (await source.QueueAsync(cancellationToken))?.Find(hash) is { Receipt: { } attached } job
        && await archive.ActAsync(job.Stream, attached.Revision, cancellationToken) is { } act
            ? (job, act) : null;

    private static string Missing(ProofJob job) =>
        $"The receipt of {job.Stream} at revision {job.Revision} is attached, but its bytes cannot be had (areas receipts and frames). Put them back from a backup (loom blob put).";

    private ReceiptReport Report(ClaimOutcome outcome, string summary, string detail, double milliseconds = 0, IReadOnlyList<string>? checks = null) =>
        new(outcome, summary, detail, checks ?? [], milliseconds, time.GetUtcNow());
}
