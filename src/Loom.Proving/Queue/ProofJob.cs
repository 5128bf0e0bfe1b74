using Loom.Core;

namespace Loom.Proving;

/// <summary>Where a proof job is.</summary>
public enum ProofJobState
{
    /// <summary>Waits for its turn.</summary>
    Queued,

    /// <summary>A prover is, or was last, at work on it.</summary>
    Running,

    /// <summary>An attempt did not succeed; it is tried again later.</summary>
    Waiting,

    /// <summary>Its receipt is in <c>loom.receipts-STREAM</c>.</summary>
    Attached,

    /// <summary>It is tried no more unless somebody says so.</summary>
    Parked,

    /// <summary>Somebody called it off.</summary>
    Cancelled,
}

/// <summary>A transition that is to be proven, and what became of that. There is one job for a transition, named by its link.</summary>
public sealed record ProofJob
{
    /// <summary>The hash of the transition's link: the job's name.</summary>
    public required Digest Link { get; init; }

    /// <summary>The actor's stream.</summary>
    public required StreamName Stream { get; init; }

    /// <summary>The revision of the transition's first event.</summary>
    public required long Revision { get; init; }

    /// <summary><c>TYPE@VERSION</c> of the link.</summary>
    public required string ActorType { get; init; }

    /// <summary>The module.</summary>
    public required MachineId Machine { get; init; }

    /// <summary>The name of the parameter set.</summary>
    public required string Set { get; init; }

    /// <summary>Why it is to be proven: the decision's reason, or who asked.</summary>
    public required string Cause { get; init; }

    /// <summary>When it was queued.</summary>
    public required Timestamp QueuedAt { get; init; }

    /// <summary>Its place in the order of all jobs: the revision in <c>loom.proofs</c> that queued it.</summary>
    public required long Number { get; init; }

    /// <summary>Where it is.</summary>
    public ProofJobState State { get; init; }

    /// <summary>When it came there.</summary>
    public Timestamp Since { get; init; }

    /// <summary>Attempts that were begun since it was queued or tried anew.</summary>
    public int Attempts { get; init; }

    /// <summary>Times that it was put off since then, for whatever reason.</summary>
    public int Delays { get; init; }

    /// <summary>Until when it waits; null in other states.</summary>
    public Timestamp? Until { get; init; }

    /// <summary>Why it waits, is parked or was called off, as programs read it; null in other states.</summary>
    public string? Code { get; init; }

    /// <summary>The same for people.</summary>
    public string? Reason { get; init; }

    /// <summary>Its receipt; null in other states than <see cref="ProofJobState.Attached"/>.</summary>
    public AttachedReceipt? Receipt { get; init; }

    /// <summary>Events that it has in <c>loom.proofs</c>.</summary>
    internal int Changes { get; init; }

    /// <summary>Whether something is still to be done for it.</summary>
    public bool IsOpen => State is ProofJobState.Queued or ProofJobState.Running or ProofJobState.Waiting;

    /// <summary>The actor.</summary>
    public ActorId Actor => ActorId.Parse(Stream.Value);
}

/// <summary>A receipt as the queue remembers it.</summary>
/// <param name="Revision">Where in <c>loom.receipts-STREAM</c>.</param>
/// <param name="Seal">The blob with the receipt's bytes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ImageId">What it was proven of.</param>
/// <param name="Cycles">Instructions that were proven.</param>
/// <param name="Milliseconds">How long the worker that attached it worked on it.</param>
public sealed record AttachedReceipt(long Revision, Digest Seal, long Bytes, Digest ImageId, long Cycles, long Milliseconds);
