namespace Loom.Web.Data;

/// <summary>Which transitions are proven, are to be, or may be, and what is to be done about that.</summary>
public interface IProofQueue
{
    /// <summary>The queue in figures, and what keeps proofs from being made.</summary>
    Task<ProofsNow> NowAsync(CancellationToken cancellationToken);

    /// <summary>One page of proofs, newest first.</summary>
    Task<ProofsPage> FindAsync(ProofsQuery query, CancellationToken cancellationToken);

    /// <summary>One proof, by its transition's link; null when nobody wants that transition proven.</summary>
    Task<ProofRow?> ProofAsync(string link, CancellationToken cancellationToken);

    /// <summary>The proofs of some transitions, by link; those that have none are left out. Cheap enough to be asked every second.</summary>
    Task<IReadOnlyDictionary<string, ProofRow>> MarksAsync(IReadOnlyList<string> links, CancellationToken cancellationToken);

    /// <summary>How it stands with the proof of one transition; null when the stream has no such number.</summary>
    Task<ProofStanding?> StandingAsync(string stream, long number, CancellationToken cancellationToken);

    /// <summary>Asks for a proof of a transition.</summary>
    /// <returns>Why not, with the remedy; null when it is queued, or was so already.</returns>
    Task<string?> RequestAsync(string stream, long number, CancellationToken cancellationToken);

    /// <summary>Has a proof tried anew, at once.</summary>
    /// <returns>Why not, with the remedy; null when it is so.</returns>
    Task<string?> RetryAsync(string link, CancellationToken cancellationToken);

    /// <summary>Calls a proof off.</summary>
    /// <returns>Why not, with the remedy; null when it is so.</returns>
    Task<string?> CancelAsync(string link, CancellationToken cancellationToken);
}

/// <summary>Where a proof is.</summary>
public enum ProofState
{
    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>A prover is at work on it.</summary>
    Running,

    /// <summary>It did not come about, and is tried again later.</summary>
    Waiting,

    /// <summary>Its receipt is in the journal.</summary>
    Proven,

    /// <summary>It is tried no more unless somebody says so.</summary>
    Parked,

    /// <summary>Somebody called it off.</summary>
    Cancelled,
}

/// <summary>The queue of proofs now.</summary>
/// <param name="On">Whether this host has proof policies or a prover at all.</param>
/// <param name="Problem">Why proofs wait, with the remedy; null when they do not.</param>
/// <param name="Program">Where a host that proves nothing would find its prover; null when it would find none, or is on.</param>
/// <param name="ByState">Proofs by state; every state is there.</param>
/// <param name="Oldest">When the oldest one that is still to be made was queued; null when there is none.</param>
/// <param name="DecidedToProve">Decisions of policies to prove.</param>
/// <param name="DecidedNotTo">Decisions not to.</param>
/// <param name="InCharge">Whether this host is the one that works on them.</param>
/// <param name="Rules">The policies, by actor type.</param>
/// <param name="Rights">What the person at the console may do.</param>
public sealed record ProofsNow(
    bool On,
    string? Problem,
    string? Program,
    IReadOnlyDictionary<ProofState, int> ByState,
    DateTimeOffset? Oldest,
    long DecidedToProve,
    long DecidedNotTo,
    bool InCharge,
    IReadOnlyList<ProofRule> Rules,
    ProofRights Rights)
{
    /// <summary>Proofs that are still to be made.</summary>
    public int Open => ByState[ProofState.Queued] + ByState[ProofState.Running] + ByState[ProofState.Waiting];

    /// <summary>All there are.</summary>
    public int All => ByState.Values.Sum();
}

/// <summary>When the transitions of an actor type are proven.</summary>
/// <param name="ActorType">The type.</param>
/// <param name="Policy">For example <c>when command.amount &gt;= 1000</c>.</param>
/// <param name="Set">The parameter set of the receipts.</param>
public sealed record ProofRule(string ActorType, string Policy, string Set);

/// <summary>What somebody may do about proofs.</summary>
/// <param name="Change">Whether they may ask for, retry and cancel proofs.</param>
/// <param name="ChangeRoles">Roles that may.</param>
/// <param name="Download">Whether they may have receipts, which hold input and output.</param>
/// <param name="DownloadRoles">Roles that may.</param>
public sealed record ProofRights(bool Change, string ChangeRoles, bool Download, string DownloadRoles);

/// <summary>What to look for. Every member narrows; null or empty does not.</summary>
/// <param name="States">Only those.</param>
/// <param name="Text">Part of the actor's name, case ignored.</param>
/// <param name="Before">What the page before said (<see cref="ProofsPage.Next"/>).</param>
/// <param name="Take">Rows wanted, at most 200.</param>
public sealed record ProofsQuery(IReadOnlyList<ProofState> States, string? Text, long? Before, int Take);

/// <summary>One page of proofs.</summary>
/// <param name="Rows">The page, newest first.</param>
/// <param name="Next">What to ask the next page with; null on the last.</param>
public sealed record ProofsPage(IReadOnlyList<ProofRow> Rows, long? Next);

/// <summary>A transition that is to be proven, and what became of that.</summary>
/// <param name="Link">The hash of its link, hex: the proof's name.</param>
/// <param name="Stream">The actor.</param>
/// <param name="Revision">Revision of the transition's first event.</param>
/// <param name="ActorType">TYPE@VERSION.</param>
/// <param name="Machine">The module, as links name it.</param>
/// <param name="Module">Its name; null when it is not registered here.</param>
/// <param name="Set">The parameter set.</param>
/// <param name="State">Where it is.</param>
/// <param name="Cause">Why it is to be proven.</param>
/// <param name="Queued">When it was queued.</param>
/// <param name="Since">When it came to where it is.</param>
/// <param name="Attempts">Attempts that were begun.</param>
/// <param name="Until">Until when it waits; null in other states.</param>
/// <param name="Code">Why it waits, is parked or was called off, as programs read it.</param>
/// <param name="Reason">The same for people, with the remedy.</param>
/// <param name="Work">How far the prover is; null when it does not work on it, or is another host's.</param>
/// <param name="Receipt">Its receipt, once it is proven.</param>
public sealed record ProofRow(
    string Link,
    string Stream,
    long Revision,
    string ActorType,
    string Machine,
    ModuleName? Module,
    string Set,
    ProofState State,
    string Cause,
    DateTimeOffset Queued,
    DateTimeOffset Since,
    int Attempts,
    DateTimeOffset? Until,
    string? Code,
    string? Reason,
    ProofWork? Work,
    ReceiptSize? Receipt)
{
    /// <summary>Whether something is still to be done for it.</summary>
    public bool IsOpen => State is ProofState.Queued or ProofState.Running or ProofState.Waiting;

    /// <summary>Whether it can be tried anew.</summary>
    public bool CanRetry => State is ProofState.Parked or ProofState.Cancelled or ProofState.Waiting;

    /// <summary>Whether it can be called off.</summary>
    public bool CanCancel => IsOpen || State == ProofState.Parked;
}

/// <summary>How far a prover is with a proof.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Done">Steps of the phase that are done.</param>
/// <param name="Total">Steps of the phase.</param>
/// <param name="Share">How much of the whole is done, 0 to 1, by the usual shares of the phases; null when unknown.</param>
/// <param name="Elapsed">How long it has been at work.</param>
/// <param name="Remaining">How long it may still take; null when unknown.</param>
public sealed record ProofWork(string Phase, long Done, long Total, double? Share, TimeSpan Elapsed, TimeSpan? Remaining);

/// <summary>A receipt in figures.</summary>
/// <param name="Bytes">Its size, without input and output.</param>
/// <param name="ImageId">What it was proven of, hex.</param>
/// <param name="Cycles">Instructions that were proven.</param>
/// <param name="Milliseconds">How long it took from taking it up to the journaled receipt.</param>
public sealed record ReceiptSize(long Bytes, string ImageId, long Cycles, long Milliseconds);

/// <summary>How it stands with the proof of a transition.</summary>
/// <param name="Proof">Its proof; null when nobody wants one.</param>
/// <param name="Decision">What the policy decided, when that is known and it was not to prove; else null.</param>
/// <param name="MayRequest">Whether the person at the console may ask for a proof now.</param>
/// <param name="WhyNot">Why not, with the remedy; null when they may, or there is a proof.</param>
/// <param name="Rights">What they may do otherwise.</param>
public sealed record ProofStanding(ProofRow? Proof, string? Decision, bool MayRequest, string? WhyNot, ProofRights Rights);
