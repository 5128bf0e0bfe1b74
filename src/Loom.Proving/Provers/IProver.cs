using Loom.Core;

namespace Loom.Proving;

/// <summary>
/// What makes proofs, on this machine or elsewhere. Jobs have ids that the caller chooses; starting one that is known changes nothing, so
/// that a lost answer or a restart on either side loses no work. Nothing that it gives is believed: receipts are verified here.
/// </summary>
public interface IProver
{
    /// <summary>Whether it takes jobs now.</summary>
    /// <exception cref="ProverException">It does not.</exception>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>The image of a module: what receipts of its runs commit to.</summary>
    /// <exception cref="ProverException">The module could not be proven (<see cref="ProverFailure.Refused"/>: function, offset, opcode), or it cannot be asked.</exception>
    Task<ProverImage> ImageAsync(ReadOnlyMemory<byte> module, CancellationToken cancellationToken);

    /// <summary>Starts a job, or finds it again.</summary>
    /// <exception cref="ProverException">It does not take it.</exception>
    Task StartAsync(ProverJob job, CancellationToken cancellationToken);

    /// <summary>How far a job is.</summary>
    /// <exception cref="ProverException">It cannot be asked.</exception>
    Task<ProverProgress> ProgressAsync(string id, CancellationToken cancellationToken);

    /// <summary>The receipt of a job that is done.</summary>
    /// <exception cref="ProverException">It cannot be had.</exception>
    Task<ReadOnlyMemory<byte>> ReceiptAsync(string id, CancellationToken cancellationToken);

    /// <summary>Stops a job, and forgets it with its receipt; an unknown one is no error.</summary>
    /// <exception cref="ProverException">It cannot be asked.</exception>
    Task CancelAsync(string id, CancellationToken cancellationToken);
}

/// <summary>An image and its id.</summary>
/// <param name="Id">The image id.</param>
/// <param name="Bytes">The image.</param>
public sealed record ProverImage(Digest Id, ReadOnlyMemory<byte> Bytes);

/// <summary>What a prover is to do.</summary>
/// <param name="Id">1 to 200 characters of <c>[A-Za-z0-9._-]</c>.</param>
/// <param name="Module">The WebAssembly module.</param>
/// <param name="Input">Its input.</param>
/// <param name="Set">The name of the parameter set.</param>
public sealed record ProverJob(string Id, ReadOnlyMemory<byte> Module, ReadOnlyMemory<byte> Input, string Set);

/// <summary>Where a job is at the prover.</summary>
public enum ProverJobState
{
    /// <summary>The prover does not know it.</summary>
    Unknown,

    /// <summary>It waits there.</summary>
    Queued,

    /// <summary>It is being worked on.</summary>
    Running,

    /// <summary>The receipt can be had.</summary>
    Done,

    /// <summary>It came to no receipt.</summary>
    Failed,
}

/// <summary>How far a job is.</summary>
/// <param name="State">Where.</param>
/// <param name="Phase">What is being done; empty when that is unknown.</param>
/// <param name="Done">Steps of the phase that are done.</param>
/// <param name="Total">Steps of the phase.</param>
/// <param name="Remaining">How long everything may still take; null when unknown.</param>
/// <param name="Failure">Why it failed; null in other states.</param>
/// <param name="Share">The share of the whole proof that is done, by cost, 0 to 1; null when unknown.</param>
public sealed record ProverProgress(
    ProverJobState State, string Phase = "", long Done = 0, long Total = 0, TimeSpan? Remaining = null, ProverException? Failure = null, double? Share = null);

/// <summary>Why a prover did not do what was asked.</summary>
public enum ProverFailure
{
    /// <summary>It cannot be reached, or takes nothing now: a matter of the prover, not of the job.</summary>
    Unavailable,

    /// <summary>This job failed, and may come through another time.</summary>
    Failed,

    /// <summary>This cannot be proven, however often it is tried.</summary>
    Refused,
}

/// <summary>A prover's failure. The message names the thing, the reason and the remedy.</summary>
public sealed class ProverException : Exception
{
    /// <summary>Makes one.</summary>
    public ProverException(ProverFailure failure, string code, string message, Exception? inner = null)
        : base(message, inner) => (Failure, Code) = (failure, code);

    /// <summary>The kind of failure.</summary>
    public ProverFailure Failure { get; }

    /// <summary>What programs look at.</summary>
    public string Code { get; }
}
