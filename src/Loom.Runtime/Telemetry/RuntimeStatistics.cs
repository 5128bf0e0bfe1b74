using Loom.Core;

namespace Loom.Runtime;

/// <summary>The runtime's counters since its start, and what it holds now.</summary>
public sealed record RuntimeStatistics
{
    /// <summary>Commands accepted and durable, repeats not counted.</summary>
    public required long Accepted { get; init; }

    /// <summary>Commands answered with their first outcome.</summary>
    public required long Repeated { get; init; }

    /// <summary>Commands that a machine rejected.</summary>
    public required long Rejected { get; init; }

    /// <summary>Commands that the platform refused.</summary>
    public required long Refused { get; init; }

    /// <summary>Refusals by kind; kinds that never occurred are absent.</summary>
    public required IReadOnlyDictionary<RefusalKind, long> RefusedByKind { get; init; }

    /// <summary>Actors in memory.</summary>
    public required int Activations { get; init; }

    /// <summary>Commands waiting or being decided.</summary>
    public required int InFlight { get; init; }

    /// <summary>Times an actor was loaded from the journal. Does not grow while actors are hot.</summary>
    public required long Loads { get; init; }

    /// <summary>Events read for that.</summary>
    public required long LoadedEvents { get; init; }

    /// <summary>Appends that met another writer.</summary>
    public required long Conflicts { get; init; }

    /// <summary>Activations that ended because another owner's fence was in the stream.</summary>
    public required long FencedOff { get; init; }

    /// <summary>Appends whose outcome had to be read from the journal.</summary>
    public required long UnknownOutcomes { get; init; }

    /// <summary>Upgrade transitions written.</summary>
    public required long Upgrades { get; init; }

    /// <summary>Activations given back, idle or least recently used.</summary>
    public required long Passivations { get; init; }

    /// <summary>Snapshots written.</summary>
    public required long SnapshotsWritten { get; init; }

    /// <summary>Loads that began at a snapshot.</summary>
    public required long SnapshotsUsed { get; init; }

    /// <summary>What the effects do.</summary>
    public required EffectStatistics Effects { get; init; }

    /// <summary>What an operator has to look at: actors whose history does not load. Newest first, at most 100.</summary>
    public required IReadOnlyList<HealthFinding> Findings { get; init; }
}

/// <summary>Counters of the effects.</summary>
/// <param name="Sent">Commands sent and accepted by their target.</param>
/// <param name="SendsRejected">Commands that the target's machine rejected.</param>
/// <param name="SendsDropped">Commands that no target could ever take: unknown type, malformed, refused for good.</param>
/// <param name="TimersFired">Timers that came back as commands.</param>
/// <param name="TimersPending">Timers not yet due.</param>
/// <param name="Cursor">Position up to which everything is carried out; null before the first.</param>
/// <param name="InCharge">Whether this host carries effects out now.</param>
/// <param name="LastProblem">The last rejected or dropped effect, in words; null when none.</param>
public sealed record EffectStatistics(
    long Sent, long SendsRejected, long SendsDropped, long TimersFired, int TimersPending, ulong? Cursor, bool InCharge, string? LastProblem)
{
    /// <summary>Activities whose result their actor got.</summary>
    public long ActivitiesCompleted { get; init; }

    /// <summary>Activities given up, which their actor was told.</summary>
    public long ActivitiesFailed { get; init; }

    /// <summary>Activities without an outcome yet.</summary>
    public int ActivitiesPending { get; init; }
}

/// <summary>Something wrong with a stored history, found while loading it.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Revision">Where.</param>
/// <param name="Code">For example <c>state-mismatch</c>.</param>
/// <param name="Message">What is wrong; for a mismatch with both digests.</param>
/// <param name="At">When it was found.</param>
public sealed record HealthFinding(StreamName Stream, long Revision, string Code, string Message, DateTimeOffset At);
