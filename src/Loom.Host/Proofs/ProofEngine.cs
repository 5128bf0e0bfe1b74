using Loom.Proving;
using Loom.Runtime;

namespace Loom.Hosting.Proofs;

/// <summary>The proving service, as part of the host's engine.</summary>
internal sealed partial class ProofEngine(ProvingService service, ProverInUse prover, LivePolicies live, ILogger<ProofEngine> log) : IProofs
{
    public IModuleGate Gate => service.Gate;

    public void Start()
    {
        if (prover.Missing(service.Policies) is { } missing)
        {
            NoProver(log, missing);
        }

        service.Start();
    }

    public async ValueTask StopAsync()
    {
        live.Dispose();
        await service.DisposeAsync();
        await prover.DisposeAsync();
    }

    [LoggerMessage(1, LogLevel.Warning, "What is to be proven waits. {Missing}")]
    private static partial void NoProver(ILogger log, string missing);
}
