using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Runtime;

/// <summary>The runtime's limits and intervals. The defaults suit one machine.</summary>
public sealed record ActorRuntimeOptions
{
    /// <summary>Where snapshots and the pending timers are kept; null keeps them in memory. Deleting the folder loses nothing.</summary>
    public string? Directory { get; init; }

    /// <summary>Where the bodies of commands above 32 KiB go; null refuses those commands.</summary>
    public IBlobStore? Blobs { get; init; }

    /// <summary>Largest body of a command; without <see cref="Blobs"/> 32 KiB.</summary>
    public int MaxCommandBytes { get; init; } = 1 << 20;

    /// <summary>Most commands that wait for one actor; one more is refused as busy.</summary>
    public int MailboxCapacity { get; init; } = 256;

    /// <summary>Most actors held in memory; beyond it the least recently used are passivated.</summary>
    public int MaxActivations { get; init; } = 20_000;

    /// <summary>An actor unused for this long is passivated.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Transitions between two snapshots of an actor; 0 takes none.</summary>
    public int SnapshotEvery { get; init; } = 500;

    /// <summary>How often a command is decided anew after a conflict before it is refused as busy.</summary>
    public int MaxConflicts { get; init; } = 16;

    /// <summary>How many fresh activations a command is tried on before it is refused as busy.</summary>
    public int MaxActivationAttempts { get; init; } = 8;

    /// <summary>Command ids an activation remembers; beyond it the oldest age out.</summary>
    public int MaxCommandIds { get; init; } = 100_000;

    /// <summary>What a refusal as busy tells the caller to wait.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether this runtime carries out effects. Hosts agree by lease on one that does.</summary>
    public bool CarryOutEffects { get; init; } = true;

    /// <summary>Most effects carried out at the same time.</summary>
    public int EffectLanes { get; init; } = 32;

    /// <summary>What actors may ask this host to do outside.</summary>
    public ActivityRegistry Activities { get; init; } = new();

    /// <summary>Most activities under way at the same time.</summary>
    public int ActivityLanes { get; init; } = 32;

    /// <summary>Numbers from 0 to 1 that spread the waits between attempts.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>How often the cursor of the effects is written while there is work.</summary>
    public TimeSpan CursorInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a new activation is refused after another host was seen to hold the actor, and other waits between tries.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Runs everything that is not on the caller's own path. Nothing in the runtime leaves it (no ConfigureAwait(false), no Task.Run),
    /// so that a simulation can order every step.
    /// </summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    internal int CommandLimit => Blobs is null ? Math.Min(MaxCommandBytes, TransitionWriter.MaxInlineCommand) : MaxCommandBytes;
}
