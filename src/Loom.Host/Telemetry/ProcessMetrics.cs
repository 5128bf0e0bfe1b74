using System.Diagnostics.Metrics;

namespace Loom.Hosting.Telemetry;

/// <summary>What the process uses.</summary>
internal sealed class ProcessMetrics : IDisposable
{
    private readonly Meter _meter = new("Loom.Process");

    public ProcessMetrics()
    {
        _meter.CreateObservableGauge("loom.process.memory", () => Environment.WorkingSet, "By", "Memory of the process.");
        _meter.CreateObservableGauge("loom.process.managed_memory", () => GC.GetTotalMemory(forceFullCollection: false), "By", "Memory of live objects, roughly.");
        _meter.CreateObservableCounter("loom.process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time used.");
        _meter.CreateObservableGauge("loom.process.threads", () => (long)ThreadPool.ThreadCount, "{thread}", "Threads of the pool.");
        _meter.CreateObservableCounter("loom.process.collections", () => (long)GC.CollectionCount(0), "{collection}", "Garbage collections.");
    }

    public void Dispose() => _meter.Dispose();
}
