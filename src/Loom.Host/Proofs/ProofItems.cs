using Loom.Api;
using Loom.Core;
using Loom.Proving;

namespace Loom.Hosting.Proofs;

/// <summary>Proof jobs as the API shows them.</summary>
internal static class ProofItems
{
    public static string Of(ProofJobState state) => state.ToString().ToLowerInvariant();

    public static ProofItem Of(ProofJob job, ProvingService service) => new(
        job.Link.ToString(), job.Stream.Value, job.Revision, job.ActorType, job.Machine.Value, job.Set, Of(job.State), job.Cause, job.QueuedAt.Time, job.Since.Time, job.Attempts,
        job.Until?.Time, job.Code, job.Reason,
        service.ProgressOf(job.Link) is { } p ? new ProofProgress(p.Phase, p.Done, p.Total, p.Remaining?.TotalSeconds) : null,
        job.Receipt is { } r ? new ProofReceipt(r.Revision, r.Bytes, r.ImageId.ToString(), r.Cycles, r.Milliseconds) : null);

    public static ProofList Of(ProofJobPage page, ProvingService service, string? missing)
    {
        var figures = service.Queue.Figures;
        return new ProofList(
            figures.ByState.ToDictionary(s => Of(s.Key), s => s.Value), figures.Oldest?.Time, figures.DecidedToProve, figures.DecidedNotTo, service.InCharge,
            missing ?? service.WithoutProver?.Reason, [.. page.Jobs.Select(j => Of(j, service))], page.Next,
            [.. service.UnprovableModules.Select(u => new UnprovableItem(u.ActorType, u.Name, MachineId.Wasm(u.Module).Value, u.Policy, u.Reason))]);
    }
}
