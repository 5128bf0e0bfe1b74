using System.Diagnostics.Metrics;
using Loom.Runtime;

namespace Loom.Hosting.ConsoleViews;

/// <summary>What happened in each of the last sixty seconds: accepted commands, and how long commands took.</summary>
internal sealed class LoadFigures : BackgroundService
{
    private const int Seconds = 60, SamplesPerSecond = 200;

    private readonly ActorRuntime _runtime;
    private readonly TimeProvider _time;
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Queue<(double PerSecond, double[] Latencies)> _seconds = new();
    private readonly double[] _samples = new double[SamplesPerSecond];
    private long _seen;

    public LoadFigures(ActorRuntime runtime, TimeProvider time)
    {
        (_runtime, _time) = (runtime, time);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Name: "loom.command.duration", Meter.Name: LoomTelemetry.Name })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, value, _, _) => Sample(value));
        _listener.Start();
    }

    /// <summary>Accepted commands of each second, oldest first, and percentiles of milliseconds over the last minute.</summary>
    public (IReadOnlyList<double> PerSecond, double? P50, double? P99) Read()
    {
        lock (_gate)
        {
            double[] rates = [.. Enumerable.Repeat(0.0, Seconds - _seconds.Count), .. _seconds.Select(s => s.PerSecond)];
            double[] all = [.. _seconds.SelectMany(s => s.Latencies).Order()];
            return (rates, At(all, 0.5), At(all, 0.99));
        }
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        var before = _runtime.Statistics.Accepted;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = _runtime.Statistics.Accepted;
                lock (_gate)
                {
                    _seconds.Enqueue((now - before, _samples[..(int)Math.Min(_seen, SamplesPerSecond)]));
                    _seen = 0;
                    if (_seconds.Count > Seconds)
                    {
                        _seconds.Dequeue();
                    }
                }

                before = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    // Reservoir sampling: each command of the second has the same chance to be kept.
    private void Sample(double seconds)
    {
        lock (_gate)
        {
            var i = _seen++ < SamplesPerSecond ? _seen - 1 : Random.Shared.NextInt64(_seen);
            if (i < SamplesPerSecond)
            {
                _samples[i] = seconds * 1000;
            }
        }
    }

    private static double? At(double[] sorted, double part) => sorted.Length == 0 ? null : sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];
}
