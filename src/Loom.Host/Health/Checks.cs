using Loom.Core;
using Loom.Hosting.Configuration;
using Loom.Hosting.EventStore;
using Loom.Hosting.Operations;
using Loom.Hosting.Proofs;
using Loom.Hosting.Provenance;
using Loom.Journal;
using Loom.Journal.Log;
using Loom.Runtime;

namespace Loom.Hosting.Health;

/// <summary>Does the journal answer?</summary>
internal sealed class JournalCheck(IJournal journal, OpenJournal opened) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public string Name => "journal";

    public async ValueTask<Finding> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A journal on a server is asked again and again before that fails; whoever asks how it is wants to know sooner.
            var position = await journal.LastPositionAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
            return new Finding(HealthStatus.Good, $"{(opened.Server is { } server ? $"On {server}. " : "")}{(position is { } p ? $"Durable up to position {p}." : "Empty.")}");
        }
        catch (TimeoutException)
        {
            return new Finding(HealthStatus.Bad, opened.Server is { } server
                ? $"The server {server} gives no answer. Commands wait for it and are then refused; nothing is lost. Start it again, or mend the way there."
                : "The journal gives no answer.");
        }
        catch (JournalException e)
        {
            return new Finding(HealthStatus.Bad, e.Message);
        }
    }
}

/// <summary>Does the host take writes?</summary>
internal sealed class ModeCheck(HostState state) : IHealthCheck
{
    public string Name => "writes";

    public ValueTask<Finding> CheckAsync(CancellationToken cancellationToken) => new(
        state.Draining ? new Finding(HealthStatus.Bad, "The host is stopping.")
        : state.ReadOnly is { } why ? new Finding(HealthStatus.Bad, why)
        : new Finding(HealthStatus.Good, "Commands are taken."));
}

/// <summary>Do all histories load, and are effects carried out?</summary>
internal sealed class RuntimeCheck(ActorRuntime runtime) : IHealthCheck
{
    public string Name => "actors";

    public ValueTask<Finding> CheckAsync(CancellationToken cancellationToken)
    {
        var statistics = runtime.Statistics;
        return new(
            statistics.Findings is [var first, ..] ? new Finding(HealthStatus.Bad, $"{first.Stream} at revision {first.Revision}: {first.Message} ({statistics.Findings.Count} findings in all)")
            : statistics.Effects.LastProblem is { } problem ? new Finding(HealthStatus.Warning, problem)
            : new Finding(HealthStatus.Good, $"{statistics.Activations} in memory."));
    }
}

/// <summary>Does the transparency log grow, and does it contain what was signed before?</summary>
internal sealed class LogCheck(LogService log, TimeProvider time) : IHealthCheck
{
    private readonly Stall _stall = new(TimeSpan.FromSeconds(60), time);

    public string Name => "log";

    public ValueTask<Finding> CheckAsync(CancellationToken cancellationToken)
    {
        var health = log.Log.Health;
        var size = log.Log.Size;
        var signed = log.Log.LatestCheckpoint is { } note && Checkpoint.TryParse(note.Text, out var checkpoint) ? checkpoint.Size : 0;
        var stalled = _stall.Look(behind: health.Lag > 0 || signed < size, progress: (size, signed, health.Lag));
        return new(
            health.State == LogState.RollbackDetected ? new Finding(HealthStatus.Bad, log.Rollback ?? "A rollback was found.")
            : health.Findings is [var first, ..] ? new Finding(HealthStatus.Bad, $"{first.Subject}: {first.Problem}")
            : stalled is { } since ? new Finding(HealthStatus.Bad, $"{size} leaves, {signed} of them under a checkpoint, {health.Lag} positions of the journal not looked at; no progress for {since.TotalSeconds:F0} s. The host's log says why.")
            : new Finding(HealthStatus.Good, $"{(size == 1 ? "1 leaf" : $"{size} leaves")}{(health.State == LogState.Following ? ", signed by another host: this one has no key of the log" : "")}."));
    }
}

/// <summary>Is the file's last change in force?</summary>
internal sealed class ConfigurationCheck(LiveSettings settings, IProofs? proofs = null) : IHealthCheck
{
    public string Name => "configuration";

    public ValueTask<Finding> CheckAsync(CancellationToken cancellationToken) => new(
        settings.Problem is { } problem ? new Finding(HealthStatus.Warning, problem)
        : proofs is null && settings.Now.Text(ProofServices.PoliciesName).Length > 0
            ? new Finding(HealthStatus.Warning, $"{ProofServices.PoliciesName} takes effect at the next start: this host was started without proofs.")
        : new Finding(HealthStatus.Good, "In force."));
}
