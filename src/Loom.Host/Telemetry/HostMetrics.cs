using System.Diagnostics.Metrics;
using Loom.Hosting.Operations;
using Loom.Hosting.Provenance;
using Loom.Runtime;

namespace Loom.Hosting.Telemetry;

/// <summary>What an operator watches beside the commands: the log, effects, findings, the disk.</summary>
internal sealed class HostMetrics : IDisposable
{
    private readonly Meter _meter = new("Loom.Host.State");

    public HostMetrics(LogService log, ActorRuntime runtime, HostState state, DataFolder data)
    {
        _meter.CreateObservableGauge("loom.log.leaves", () => log.Log.Size, "{leaf}", "Leaves of the transparency log.");
        _meter.CreateObservableGauge("loom.log.lag", () => (long)log.Log.Health.Lag, "{position}", "Positions of the journal that the log has not looked at.");
        _meter.CreateObservableGauge("loom.log.findings", () => (long)log.Log.Health.Findings.Count, "{finding}", "What is wrong with the log; 0 is healthy.");
        _meter.CreateObservableGauge("loom.findings", () => (long)runtime.Statistics.Findings.Count, "{finding}", "Actors whose history does not load.");
        _meter.CreateObservableCounter("loom.effects.sent", () => runtime.Statistics.Effects.Sent, "{command}", "Commands sent as effects and accepted.");
        _meter.CreateObservableCounter("loom.effects.dropped", () => runtime.Statistics.Effects.SendsDropped, "{command}", "Effects that no target can ever take.");
        _meter.CreateObservableGauge("loom.timers.pending", () => (long)runtime.Statistics.Effects.TimersPending, "{timer}", "Timers not yet due.");
        _meter.CreateObservableGauge("loom.activities.pending", () => (long)runtime.Statistics.Effects.ActivitiesPending, "{activity}", "Activities without an outcome yet.");
        _meter.CreateObservableCounter("loom.activities.completed", () => runtime.Statistics.Effects.ActivitiesCompleted, "{activity}", "Activities whose result their actor got.");
        _meter.CreateObservableCounter("loom.activities.failed", () => runtime.Statistics.Effects.ActivitiesFailed, "{activity}", "Activities given up, which their actor was told.");
        _meter.CreateObservableGauge("loom.read_only", () => state.ReadOnly is null ? 0L : 1L, null, "1 while the host takes no commands because the journal lacks a published checkpoint.");
        _meter.CreateObservableGauge("loom.disk.free", () => new DriveInfo(data.Root).AvailableFreeSpace, "By", "Free space where the data folder lies.");
    }

    public void Dispose() => _meter.Dispose();
}
