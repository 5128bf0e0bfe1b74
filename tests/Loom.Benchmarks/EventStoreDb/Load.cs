using System.Diagnostics;
using System.Globalization;

namespace Loom.Benchmarks.EventStoreDb;

/// <summary>How much was done, in which time, with how much work of the processor.</summary>
internal sealed class Load
{
    private double _seconds;
    private double _processorSeconds;

    public long Count { get; set; }

    /// <summary>Milliseconds of each, where these were taken.</summary>
    public List<double> Times { get; } = [];

    public double Rate => Count / _seconds;

    public double ProcessorRate => Count / _processorSeconds;

    /// <summary>Adds the time until it is disposed, and the process's processor time.</summary>
    public IDisposable Measure() => new Span(this);

    public override string ToString()
    {
        Times.Sort();
        var latency = Times.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", p50 {Times.Percentile(0.5):N1} ms, p99 {Times.Percentile(0.99):N1} ms");
        return string.Create(CultureInfo.InvariantCulture, $"{Rate:N0}/s ({ProcessorRate:N0} a processor second{latency})");
    }

    private sealed class Span(Load load) : IDisposable
    {
        private readonly TimeSpan _processor = Environment.CpuUsage.TotalTime;
        private readonly Stopwatch _clock = Stopwatch.StartNew();

        public void Dispose()
        {
            load._seconds += _clock.Elapsed.TotalSeconds;
            load._processorSeconds += (Environment.CpuUsage.TotalTime - _processor).TotalSeconds;
        }
    }
}
