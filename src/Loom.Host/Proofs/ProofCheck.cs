using Loom.Hosting.Health;
using Loom.Proving;

namespace Loom.Hosting.Proofs;

/// <summary>Is there a prover, and does every proof come about? Never bad: a host that cannot prove goes on deciding.</summary>
internal sealed class ProofCheck(ProvingService service, ProverInUse prover, LivePolicies live) : IHealthCheck
{
    public string Name => "proofs";

    public ValueTask<Finding> CheckAsync(CancellationToken cancellationToken)
    {
        var figures = service.Queue.Figures;
        var parked = figures.ByState[ProofJobState.Parked];
        return new(
            live.Problem is { } refused ? new Finding(HealthStatus.Warning, refused)
            : prover.Missing(service.Policies) is { } missing ? new Finding(HealthStatus.Warning, $"{figures.Depth} proofs wait. {missing}")
            : service.WithoutProver is { } none ? new Finding(HealthStatus.Warning, $"{figures.Depth} proofs wait. {none.Reason}")
            : service.UnprovableModules is [var first, ..] ? new Finding(HealthStatus.Warning, $"{first.ActorType} is unprovable with {first.Name}: {first.Reason}")
            : parked > 0 ? new Finding(HealthStatus.Warning, $"{parked} proofs are parked: their jobs in the queue of proofs say why.")
            : new Finding(HealthStatus.Good, $"{figures.Depth} to be made, {figures.ByState[ProofJobState.Attached]} attached."));
    }
}
