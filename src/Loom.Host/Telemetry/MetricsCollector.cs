using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Loom.Hosting.Telemetry;

/// <summary>
/// Listens to Loom's meters and adds up what they say, for <c>/metrics</c>. Bounded: at most <see cref="MaxSeries"/> series an
/// instrument, further ones are added to one series marked as the rest.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    public const int MaxSeries = 500;

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Loom", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, _ => new MetricFamily(instrument)));
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Add(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Add(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Add(value, tags));
        _listener.Start();
    }

    /// <summary>Everything now, observed instruments asked anew.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        foreach (var family in _families.Values)
        {
            family.ForgetObserved();
        }

        _listener.RecordObservableInstruments();
        return [.. _families.Values.OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => _listener.Dispose();
}

/// <summary>One instrument and its series.</summary>
internal sealed class MetricFamily(Instrument instrument)
{
    /// <summary>Upper bounds of histograms of seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Tags, Series> _byTags = new();

    public string Name { get; } = PrometheusText.NameOf(instrument);

    public string Help => instrument.Description ?? "";

    public string Type { get; } = instrument switch
    {
        Histogram<double> or Histogram<long> or Histogram<int> => "histogram",
        _ when instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) || instrument.GetType().Name.StartsWith("ObservableCounter", StringComparison.Ordinal) => "counter",
        _ => "gauge",
    };

    private readonly bool _isHistogram = instrument is Histogram<double> or Histogram<long> or Histogram<int>;

    public IEnumerable<(string Labels, Series Series)> All => _series.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => (s.Key, s.Value));

    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // One or two tags, which is nearly always: found without writing the labels anew.
        var isShort = tags.Length <= 2 && !instrument.IsObservable;
        var key = isShort ? Tags.Of(tags) : default;
        if (!isShort || !_byTags.TryGetValue(key, out var series))
        {
            series = SeriesOf(tags);
            if (isShort && _byTags.Count < MetricsCollector.MaxSeries)
            {
                _byTags[key] = series;
            }
        }

        series.Add(value, isSet: instrument.IsObservable, histogram: _isHistogram);
    }

    private Series SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = PrometheusText.LabelsOf(tags);
        return _series.TryGetValue(labels, out var series)
            ? series
            : _series.GetOrAdd(_series.Count < MetricsCollector.MaxSeries ? labels : "rest=\"true\"", static _ => new Series());
    }

    public void ForgetObserved()
    {
        if (instrument.IsObservable)
        {
            _series.Clear();
        }
    }

    private readonly record struct Tags(string? Name, object? Value, string? Name2, object? Value2)
    {
        public static Tags Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length switch
        {
            0 => default,
            1 => new Tags(tags[0].Key, tags[0].Value, null, null),
            _ => new Tags(tags[0].Key, tags[0].Value, tags[1].Key, tags[1].Value),
        };
    }

    /// <summary>One line, or one histogram.</summary>
    internal sealed class Series
    {
        private readonly long[] _buckets = new long[Bounds.Count + 1];
        private double _sum;
        private long _count;

        public (double Sum, long Count, long[] Buckets) Read()
        {
            lock (_buckets)
            {
                return (_sum, _count, [.. _buckets]);
            }
        }

        public void Add(double value, bool isSet, bool histogram)
        {
            lock (_buckets)
            {
                _sum = isSet ? value : _sum + value;
                _count++;
                if (histogram)
                {
                    var i = 0;
                    while (i < Bounds.Count && value > Bounds[i])
                    {
                        i++;
                    }

                    _buckets[i]++;
                }
            }
        }
    }
}
