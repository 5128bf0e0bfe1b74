using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Loom.Hosting.Telemetry;

/// <summary>The Prometheus text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IReadOnlyList<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {family.Name} {family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {family.Name} {family.Type}\n");
            foreach (var (labels, series) in family.All)
            {
                var (sum, count, buckets) = series.Read();
                if (family.Type != "histogram")
                {
                    text.Append(CultureInfo.InvariantCulture, $"{family.Name}{Braced(labels)} {Number(sum)}\n");
                    continue;
                }

                long below = 0;
                for (var i = 0; i <= MetricFamily.Bounds.Count; i++)
                {
                    below += buckets[i];
                    var bound = i < MetricFamily.Bounds.Count ? Number(MetricFamily.Bounds[i]) : "+Inf";
                    text.Append(CultureInfo.InvariantCulture, $"{family.Name}_bucket{Braced(labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"")} {below}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"{family.Name}_sum{Braced(labels)} {Number(sum)}\n{family.Name}_count{Braced(labels)} {count}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The name as Prometheus wants it: <c>loom.append.duration</c> in seconds is <c>loom_append_duration_seconds</c>, counters end in <c>_total</c>.</summary>
    public static string NameOf(Instrument instrument)
    {
        var name = new StringBuilder(instrument.Name.Length + 16);
        foreach (var c in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var counter = instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) || instrument.GetType().Name.StartsWith("ObservableCounter", StringComparison.Ordinal);
        return $"{name}{unit}{(counter ? "_total" : "")}";
    }

    public static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var labels = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            var text = value?.ToString() ?? "";
            labels.Append(labels.Length == 0 ? "" : ",").Append(name.Replace('.', '_')).Append("=\"")
                .Append(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return labels.ToString();
    }

    private static string Braced(string labels) => labels.Length == 0 ? "" : $"{{{labels}}}";

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
