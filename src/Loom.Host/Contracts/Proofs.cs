namespace Loom.Api;

/// <summary>The queue of proofs.</summary>
/// <param name="ByState">Jobs by state.</param>
/// <param name="Oldest">When the oldest open job was queued; absent when none is open.</param>
/// <param name="DecidedToProve">Decisions of policies to prove.</param>
/// <param name="DecidedNotTo">Decisions not to.</param>
/// <param name="InCharge">Whether this host is the one that works on them.</param>
/// <param name="Problem">Why proofs wait, with the remedy; absent when they do not.</param>
/// <param name="Proofs">This page of jobs, newest first.</param>
/// <param name="Next">What to ask the next page with (<c>before</c>); absent on the last.</param>
/// <param name="Unprovable">Modules in use that the policies want proven and that cannot be.</param>
public sealed record ProofList(
    IReadOnlyDictionary<string, int> ByState, DateTimeOffset? Oldest, long DecidedToProve, long DecidedNotTo, bool InCharge, string? Problem, IReadOnlyList<ProofItem> Proofs, long? Next,
    IReadOnlyList<UnprovableItem> Unprovable);

/// <summary>A module in use whose actor type's policy wants proofs, and that cannot be proven.</summary>
/// <param name="ActorType">The actor type.</param>
/// <param name="Module"><c>NAME@VERSION</c>.</param>
/// <param name="Machine">The machine that its links name.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Reason">Why: the function, the offset and the opcode.</param>
public sealed record UnprovableItem(string ActorType, string Module, string Machine, string Policy, string Reason);

/// <summary>A transition that is to be proven, and what became of that.</summary>
/// <param name="Link">The hash of the transition's link: the job's name.</param>
/// <param name="Actor">The actor.</param>
/// <param name="Revision">The revision of the transition's first event.</param>
/// <param name="ActorType"><c>TYPE@VERSION</c>.</param>
/// <param name="Machine">The module that ran.</param>
/// <param name="Set">The parameter set.</param>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>waiting</c>, <c>attached</c>, <c>parked</c> or <c>cancelled</c>.</param>
/// <param name="Cause">Why it is to be proven.</param>
/// <param name="Queued">When it was queued.</param>
/// <param name="Since">When it came to where it is.</param>
/// <param name="Attempts">Attempts that were begun.</param>
/// <param name="Until">Until when it waits.</param>
/// <param name="Code">Why it waits, is parked or was called off, as programs read it.</param>
/// <param name="Reason">The same for people.</param>
/// <param name="Progress">How far the prover is, on the host in charge.</param>
/// <param name="Receipt">Its receipt, once attached.</param>
public sealed record ProofItem(
    string Link, string Actor, long Revision, string ActorType, string Machine, string Set, string State, string Cause, DateTimeOffset Queued, DateTimeOffset Since, int Attempts,
    DateTimeOffset? Until, string? Code, string? Reason, ProofProgress? Progress, ProofReceipt? Receipt);

/// <summary>How far a prover is with a job.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Done">Steps of the phase that are done.</param>
/// <param name="Total">Steps of the phase.</param>
/// <param name="RemainingSeconds">How long everything may still take; absent when unknown.</param>
public sealed record ProofProgress(string Phase, long Done, long Total, double? RemainingSeconds);

/// <summary>An attached receipt.</summary>
/// <param name="Revision">Where in <c>loom.receipts-STREAM</c>.</param>
/// <param name="Bytes">Its size without input and output.</param>
/// <param name="ImageId">What it was proven of.</param>
/// <param name="Cycles">Instructions that were proven.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record ProofReceipt(long Revision, long Bytes, string ImageId, long Cycles, long Milliseconds);

/// <summary>Asks for a proof of a transition, whatever its policy decided.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Revision">A revision of the transition.</param>
public sealed record ProofRequest(string Actor, long Revision);

/// <summary>Receipts of an actor, in the order in which they were attached.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Receipts">This page.</param>
/// <param name="Next">What to ask the next page with (<c>from</c>); absent on the last.</param>
public sealed record ReceiptList(string Actor, IReadOnlyList<ReceiptItem> Receipts, long? Next);

/// <summary>A receipt that is attached to a transition.</summary>
/// <param name="Link">The transition's link.</param>
/// <param name="Revision">The revision of the transition's first event.</param>
/// <param name="ImageId">What it was proven of.</param>
/// <param name="Module">SHA-256 of the module.</param>
/// <param name="Set">The parameter set.</param>
/// <param name="ProvenBits">How hard it is to forge by theorems alone, in whole bits; absent when its bytes cannot be had.</param>
/// <param name="ConjecturedBits">The same with the conjecture on the queries.</param>
/// <param name="Bytes">Its size without attachments.</param>
/// <param name="Cycles">Instructions that were proven.</param>
/// <param name="Milliseconds">How long it took; absent where this host does not know.</param>
/// <param name="At">When it was attached.</param>
public sealed record ReceiptItem(
    string Link, long Revision, string ImageId, string Module, string Set, int? ProvenBits, int? ConjecturedBits, long Bytes, long Cycles, long? Milliseconds, DateTimeOffset At);
