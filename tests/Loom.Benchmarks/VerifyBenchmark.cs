using System.Diagnostics;
using System.Security.Cryptography;
using Loom.Provenance;
using Loom.Provenance.Tests;

namespace Loom.Benchmarks;

/// <summary>Verifies a bundle of 10,000 transitions; the reference is plain SHA-256 over the same bytes in the same minute.</summary>
internal static class VerifyBenchmark
{
    private const int Transitions = 10_000;
    private const int Rounds = 5;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var key = new TestKey("log", 1);
        var history = new History();
        for (var i = 0; i < Transitions; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            history.Append("account-alice");
        }

        var path = Path.Combine(Path.GetTempPath(), $"loom-verify-{Environment.ProcessId}.loom");
        try
        {
            await File.WriteAllBytesAsync(path, History.Bundle(history.Source(key, ["account-alice"]), key), cancellationToken);
            var trust = new TrustRoot { LogKeys = [key.Trusted(history.Origin)] };
            history = null;
            GC.Collect();
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            var (hash, _) = Best(() => SHA256.HashData(bytes).Length > 0);
            var (first, _) = Once(() => Verifies(path, trust));
            var (best, peak) = Best(() => Verifies(path, trust));
            output.Line($"verify {Transitions} transitions, {bytes.Length / 1e6:f1} MB: first {first.TotalMilliseconds:f0} ms, best of {Rounds} {best.TotalMilliseconds:f0} ms (goal: under 2 s), {best / hash:f1} times plain SHA-256 ({hash.TotalMilliseconds:f1} ms), peak managed heap {peak / 1e6:f0} MB (goal: under 200)");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static bool Verifies(string path, TrustRoot trust)
    {
        using var file = File.OpenRead(path);
        return BundleVerifier.Verify(file, trust, new VerifyOptions { At = History.Start.AddYears(1) }).ExitCode == 0;
    }

    private static (TimeSpan Time, long Peak) Best(Func<bool> work)
    {
        var all = Enumerable.Range(0, Rounds).Select(_ => Once(work)).ToArray();
        return (all.Min(r => r.Time), all.Max(r => r.Peak));
    }

    // The heap's size is sampled by the collector's own account: what lived after any collection, and what lives at the end.
    private static (TimeSpan Time, long Peak) Once(Func<bool> work)
    {
        GC.Collect();
        var peak = 0L;
        using var sampler = new Timer(_ => peak = Math.Max(Volatile.Read(ref peak), GC.GetTotalMemory(false)), null, 0, 5);
        var watch = Stopwatch.StartNew();
        if (!work())
        {
            throw new InvalidOperationException("The benchmark's own bundle does not verify.");
        }

        return (watch.Elapsed, Math.Max(peak, GC.GetTotalMemory(false)));
    }
}
