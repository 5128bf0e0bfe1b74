using Loom.Core;

namespace Loom.Proving;

/// <summary>A policy's decision on a transition.</summary>
/// <param name="Stream">The actor's stream.</param>
/// <param name="Revision">The transition's first revision.</param>
/// <param name="Link">Its link.</param>
/// <param name="Prove">Whether it is to be proven.</param>
/// <param name="Reason">Why.</param>
/// <param name="Policy">The policy that said so.</param>
/// <param name="At">When.</param>
public sealed record ProofDecisionItem(StreamName Stream, long Revision, Digest Link, bool Prove, string Reason, string Policy, Timestamp At);

/// <summary>The queue in figures.</summary>
/// <param name="ByState">Jobs by state.</param>
/// <param name="Oldest">When the oldest open job was queued; null when none is open.</param>
/// <param name="DecidedToProve">Decisions to prove.</param>
/// <param name="DecidedNotTo">Decisions not to.</param>
public sealed record ProofQueueFigures(IReadOnlyDictionary<ProofJobState, int> ByState, Timestamp? Oldest, long DecidedToProve, long DecidedNotTo)
{
    /// <summary>Open jobs: queued, running or waiting.</summary>
    public int Depth => ByState[ProofJobState.Queued] + ByState[ProofJobState.Running] + ByState[ProofJobState.Waiting];
}

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">What to ask the next page with; null on the last.</param>
public sealed record ProofJobPage(IReadOnlyList<ProofJob> Jobs, long? Next);

/// <summary>What became of a wish about a job.</summary>
public abstract record ProofAnswer
{
    private ProofAnswer()
    {
    }

    /// <summary>It is journaled, or was so already.</summary>
    /// <param name="Job">The job now.</param>
    public sealed record Done(ProofJob Job) : ProofAnswer;

    /// <summary>It cannot be.</summary>
    /// <param name="Code">What programs look at.</param>
    /// <param name="Message">The thing, the reason, the remedy.</param>
    public sealed record Refused(string Code, string Message) : ProofAnswer;
}
