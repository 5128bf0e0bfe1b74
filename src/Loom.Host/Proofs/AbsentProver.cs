using Loom.Proving;

namespace Loom.Hosting.Proofs;

/// <summary>Stands where proving is switched off: it can never be reached, so that what is to be proven waits, visibly.</summary>
internal sealed class AbsentProver : IProver
{
    public const string Message = "No prover is configured (proving.prover is off). Set it to auto, program or remote.";

    public Task CheckAsync(CancellationToken cancellationToken) => Task.FromException(Absent());

    public Task<ProverImage> ImageAsync(ReadOnlyMemory<byte> module, CancellationToken cancellationToken) => Task.FromException<ProverImage>(Absent());

    public Task StartAsync(ProverJob job, CancellationToken cancellationToken) => Task.FromException(Absent());

    public Task<ProverProgress> ProgressAsync(string id, CancellationToken cancellationToken) => Task.FromException<ProverProgress>(Absent());

    public Task<ReadOnlyMemory<byte>> ReceiptAsync(string id, CancellationToken cancellationToken) => Task.FromException<ReadOnlyMemory<byte>>(Absent());

    public Task CancelAsync(string id, CancellationToken cancellationToken) => Task.FromException(Absent());

    private static ProverException Absent() => new(ProverFailure.Unavailable, "prover-off", Message);
}
