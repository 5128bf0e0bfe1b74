namespace Loom.Infra.Tests.Observability;

/// <summary>What may be asked of which metric, by <c>docs/metrics.md</c>.</summary>
internal static class MetricRules
{
    private static readonly string[] OfCounters = ["rate", "increase"];

    /// <summary>What is wrong with an expression; nothing when all is well.</summary>
    public static IReadOnlyList<string> Check(string expression)
    {
        IReadOnlyList<Selector> selectors;
        try
        {
            selectors = PromQl.Selectors(expression);
        }
        catch (FormatException e)
        {
            return [e.Message];
        }

        return [.. selectors.Where(s => s.Metric != "up").Select(s => Check(s, expression)).OfType<string>()];
    }

    /// <summary>The family that a series belongs to: a histogram's have three endings.</summary>
    public static (string Family, string Ending) Split(string series)
    {
        foreach (var ending in new[] { "_bucket", "_sum", "_count" })
        {
            if (series.EndsWith(ending, StringComparison.Ordinal) && Repository.Metrics.GetValueOrDefault(series[..^ending.Length]) == "histogram")
            {
                return (series[..^ending.Length], ending);
            }
        }

        return (series, "");
    }

    private static string? Check(Selector s, string expression)
    {
        var (family, ending) = Split(s.Metric);
        if (!Repository.Metrics.TryGetValue(family, out var type))
        {
            return $"{s.Metric} is no metric of the host: '{expression}'";
        }

        var counts = type == "counter" || ending.Length > 0;
        return type == "histogram" && ending.Length == 0 ? $"{s.Metric} is a histogram: ask for _bucket, _sum or _count: '{expression}'"
            : counts && !OfCounters.Contains(s.Function) ? $"{s.Metric} only ever grows and is not in a rate: '{expression}'"
            : !counts && OfCounters.Contains(s.Function) ? $"{s.Metric} is a gauge, of which there is no rate: '{expression}'"
            : ending == "_bucket" && !(s.By.Contains("le") && expression.Contains("histogram_quantile", StringComparison.Ordinal)) ? $"{s.Metric} needs a quantile by le: '{expression}'"
            : null;
    }
}
