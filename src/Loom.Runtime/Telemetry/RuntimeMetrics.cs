using System.Diagnostics;
using System.Diagnostics.Metrics;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>Loom's sources of telemetry, for hosts that export them.</summary>
public static class LoomTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Loom";

    internal static ActivitySource Activities { get; } = new(Name);

    internal static Meter Meter { get; } = new(Name);
}

/// <summary>One runtime's counters; each also feeds an instrument of the meter "Loom", which all runtimes of a process share.</summary>
internal sealed class RuntimeMetrics
{
    private const int MaxFindings = 100;

    private static readonly Counter<long> Commands = LoomTelemetry.Meter.CreateCounter<long>("loom.commands", "{command}", "Commands by actor type and outcome.");
    private static readonly Histogram<double> CommandSeconds = LoomTelemetry.Meter.CreateHistogram<double>("loom.command.duration", "s", "From the edge to the durable answer.");
    private static readonly Histogram<double> AppendSeconds = LoomTelemetry.Meter.CreateHistogram<double>("loom.append.duration", "s", "Until the journal says durable.");
    private static readonly UpDownCounter<long> ActivationsNow = LoomTelemetry.Meter.CreateUpDownCounter<long>("loom.activations", "{actor}", "Actors in memory.");
    private static readonly UpDownCounter<long> MailboxDepth = LoomTelemetry.Meter.CreateUpDownCounter<long>("loom.mailbox.depth", "{command}", "Commands waiting in mailboxes.");
    private static readonly Counter<long> LoadsTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.loads", "{load}", "Actors loaded from the journal.");
    private static readonly Counter<long> LoadedEventsTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.load.events", "{event}", "Events read to load actors.");
    private static readonly Counter<long> ConflictsTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.conflicts", "{append}", "Appends that met another writer.");
    private static readonly Counter<long> FencedOffTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.fenced_off", "{activation}", "Activations ended by another owner's fence.");
    private static readonly Counter<long> SnapshotsTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.snapshots", "{snapshot}", "Snapshots by what was done with them.");
    private static readonly Counter<long> UpgradesTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.upgrades", "{transition}", "Upgrade transitions written.");
    private static readonly Counter<long> PassivationsTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.passivations", "{activation}", "Actors put out of memory.");

    private readonly long[] _refused = new long[Enum.GetValues<RefusalKind>().Length];
    private readonly List<HealthFinding> _findings = [];
    private long _accepted, _repeated, _rejected, _loads, _loadedEvents, _conflicts, _fencedOff, _unknown, _upgrades, _passivations, _snapshotsWritten, _snapshotsUsed;
    private int _activations, _inFlight;

    public int Activations => Volatile.Read(ref _activations);

    public int InFlight => Volatile.Read(ref _inFlight);

    public void Started() => Interlocked.Increment(ref _inFlight);

    public void Answered(string actorType, CommandReply reply, TimeSpan elapsed)
    {
        Interlocked.Decrement(ref _inFlight);
        string outcome;
        switch (reply)
        {
            case CommandReply.Accepted { Repeated: true }:
                Interlocked.Increment(ref _repeated);
                outcome = "repeated";
                break;
            case CommandReply.Accepted:
                Interlocked.Increment(ref _accepted);
                outcome = "accepted";
                break;
            case CommandReply.Rejected:
                Interlocked.Increment(ref _rejected);
                outcome = "rejected";
                break;
            default:
                var kind = ((CommandReply.Refused)reply).Kind;
                Interlocked.Increment(ref _refused[(int)kind]);
                outcome = OutcomeOf(kind);
                break;
        }

        if (Commands.Enabled)
        {
            Commands.Add(1, new("actor_type", actorType), new("outcome", outcome));
        }

        if (CommandSeconds.Enabled)
        {
            CommandSeconds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("actor_type", actorType));
        }
    }

    public void Abandoned() => Interlocked.Decrement(ref _inFlight);

    public void Activated()
    {
        Interlocked.Increment(ref _activations);
        ActivationsNow.Add(1);
    }

    public void Deactivated(bool passivated)
    {
        Interlocked.Decrement(ref _activations);
        ActivationsNow.Add(-1);
        if (passivated)
        {
            Interlocked.Increment(ref _passivations);
            PassivationsTotal.Add(1);
        }
    }

    public void Loaded() => Count(ref _loads, LoadsTotal);

    public void LoadedEvent() => Count(ref _loadedEvents, LoadedEventsTotal);

    public void Conflicted() => Count(ref _conflicts, ConflictsTotal);

    public void FencedOff() => Count(ref _fencedOff, FencedOffTotal);

    public void OutcomeUnknown() => Interlocked.Increment(ref _unknown);

    public void Upgraded() => Count(ref _upgrades, UpgradesTotal);

    public void SnapshotWritten()
    {
        Interlocked.Increment(ref _snapshotsWritten);
        SnapshotsTotal.Add(1, new KeyValuePair<string, object?>("what", "written"));
    }

    public void SnapshotUsed()
    {
        Interlocked.Increment(ref _snapshotsUsed);
        SnapshotsTotal.Add(1, new KeyValuePair<string, object?>("what", "used"));
    }

    public void Queued(int change) => MailboxDepth.Add(change);

    public void Appended(TimeSpan elapsed)
    {
        if (AppendSeconds.Enabled)
        {
            AppendSeconds.Record(elapsed.TotalSeconds);
        }
    }

    public void Found(HealthFinding finding)
    {
        lock (_findings)
        {
            // One line per stream and kind: a client that keeps trying must not push the others out.
            _findings.RemoveAll(f => f.Stream == finding.Stream && f.Code == finding.Code);
            _findings.Insert(0, finding);
            if (_findings.Count > MaxFindings)
            {
                _findings.RemoveAt(MaxFindings);
            }
        }
    }

    /// <summary>The actor loads again: what was found wrong is repaired.</summary>
    public void Repaired(StreamName stream)
    {
        lock (_findings)
        {
            if (_findings.Count > 0)
            {
                _findings.RemoveAll(f => f.Stream == stream);
            }
        }
    }

    public RuntimeStatistics Read(EffectStatistics effects)
    {
        lock (_findings)
        {
            return new RuntimeStatistics
            {
                Accepted = Interlocked.Read(ref _accepted),
                Repeated = Interlocked.Read(ref _repeated),
                Rejected = Interlocked.Read(ref _rejected),
                Refused = _refused.Sum(),
                RefusedByKind = Enum.GetValues<RefusalKind>().Where(k => _refused[(int)k] > 0).ToDictionary(k => k, k => _refused[(int)k]),
                Activations = Activations,
                InFlight = InFlight,
                Loads = Interlocked.Read(ref _loads),
                LoadedEvents = Interlocked.Read(ref _loadedEvents),
                Conflicts = Interlocked.Read(ref _conflicts),
                FencedOff = Interlocked.Read(ref _fencedOff),
                UnknownOutcomes = Interlocked.Read(ref _unknown),
                Upgrades = Interlocked.Read(ref _upgrades),
                Passivations = Interlocked.Read(ref _passivations),
                SnapshotsWritten = Interlocked.Read(ref _snapshotsWritten),
                SnapshotsUsed = Interlocked.Read(ref _snapshotsUsed),
                Effects = effects,
                Findings = [.. _findings],
            };
        }
    }

    private static string OutcomeOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => "invalid",
        RefusalKind.NotFound => "not-found",
        RefusalKind.Forbidden => "forbidden",
        RefusalKind.Conflict => "conflict",
        RefusalKind.TooLarge => "too-large",
        RefusalKind.Busy => "busy",
        RefusalKind.Unavailable => "unavailable",
        _ => "fault",
    };

    private static void Count(ref long counter, Counter<long> instrument)
    {
        Interlocked.Increment(ref counter);
        instrument.Add(1);
    }
}
