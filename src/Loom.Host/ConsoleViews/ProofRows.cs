using Loom.Core;
using Loom.Hosting.Access;
using Loom.Proving;
using Loom.Runtime;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>Proof jobs as the console draws them.</summary>
internal static class ProofRows
{
    // The shares of a proof's phases, per mille, in their order: measured by loom-prover, for progress only.
    private static readonly (string Phase, int Share)[] Shares =
        [("execute", 60), ("preprocessed", 40), ("main", 260), ("aux", 280), ("quotient", 170), ("deep", 90), ("fri", 60), ("open", 40)];

    public static ProofState Of(ProofJobState state) => state switch
    {
        ProofJobState.Queued => ProofState.Queued,
        ProofJobState.Running => ProofState.Running,
        ProofJobState.Waiting => ProofState.Waiting,
        ProofJobState.Attached => ProofState.Proven,
        ProofJobState.Parked => ProofState.Parked,
        _ => ProofState.Cancelled,
    };

    public static ProofJobState Of(ProofState state) => Enum.GetValues<ProofJobState>().First(s => Of(s) == state);

    public static ProofRow Of(ProofJob job, ProvingService? service, ModuleRegistry modules, DateTimeOffset now) => new(
        job.Link.ToString(), job.Stream.Value, job.Revision, job.ActorType, job.Machine.Value,
        modules.Find(job.Machine) is { } m ? new ModuleName(m.Manifest.Name, m.Manifest.Version, m.Hash.ToString()) : null,
        job.Set, Of(job.State), job.Cause, job.QueuedAt.Time, job.Since.Time, job.Attempts, job.Until?.Time, job.Code, job.Reason,
        job.State == ProofJobState.Running && service?.ProgressOf(job.Link) is { State: ProverJobState.Running } p ? Work(p, now - job.Since.Time) : null,
        job.Receipt is { } r ? new ReceiptSize(r.Bytes, r.ImageId.ToString(), r.Cycles, r.Milliseconds) : null);

    public static ProofRights RightsOf(Caller caller) => new(
        caller.May(Permission.Proofs), string.Join(", ", AccessTable.Having(Permission.Proofs)),
        caller.May(Permission.Bundles), string.Join(", ", AccessTable.Having(Permission.Bundles)));

    /// <summary>The prover's own share and estimate where it has them, else by the usual shares of the phases.</summary>
    public static ProofWork Work(ProverProgress progress, TimeSpan elapsed)
    {
        elapsed = elapsed < TimeSpan.Zero ? TimeSpan.Zero : elapsed;
        var share = progress.Share ?? ShareOf(progress);
        var remaining = progress.Remaining ?? (share is > 0.02 and var s ? elapsed * ((1 - s) / s) : null);
        return new ProofWork(progress.Phase, progress.Done, progress.Total, share, elapsed, remaining);
    }

    private static double? ShareOf(ProverProgress progress)
    {
        var at = Array.FindIndex(Shares, s => s.Phase == progress.Phase);
        return at < 0 ? null
            : (Shares[..at].Sum(s => s.Share) + (progress.Total > 0 ? Shares[at].Share * Math.Clamp((double)progress.Done / progress.Total, 0, 1) : 0)) / 1000;
    }
}
