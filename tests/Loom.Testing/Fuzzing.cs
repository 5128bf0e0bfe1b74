using System.Diagnostics;
using System.Globalization;

namespace Loom.Testing;

/// <summary>How long a fuzz target runs: a fixed number of inputs in the tests, or the minutes that <c>loom fuzz</c> was given.</summary>
public static class Fuzzing
{
    /// <summary>Input numbers, from 0, until the budget is used up; prints how many there were.</summary>
    public static IEnumerable<int> Inputs(string target, int ci, int @long)
    {
        var minutes = double.TryParse(
            Environment.GetEnvironmentVariable("LOOM_FUZZ_MINUTES"), NumberStyles.Float, CultureInfo.InvariantCulture, out var m) ? m : 0;
        var count = minutes > 0 ? int.MaxValue : Tier.Count(ci, @long);
        var watch = Stopwatch.StartNew();
        var done = 0;
        while (done < count && (minutes <= 0 || watch.Elapsed.TotalMinutes < minutes))
        {
            yield return done++;
        }

        Console.WriteLine($"[{target}] {done} inputs");
    }
}
