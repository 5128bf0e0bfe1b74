using System.Diagnostics.Metrics;
using Loom.Runtime;

namespace Loom.Proving;

/// <summary>What is counted of proofs, in the meter "Loom".</summary>
internal static class ProvingMetrics
{
    private static readonly Meter Meter = new(LoomTelemetry.Name);
    private static readonly Counter<long> Decisions = Meter.CreateCounter<long>("loom.proofs.decisions", "{decision}", "Decisions of proof policies, by actor type and outcome.");
    private static readonly Counter<long> Outcomes = Meter.CreateCounter<long>("loom.proofs.outcomes", "{outcome}", "Ends of attempts at proofs, by outcome and code.");
    private static readonly Counter<long> Cycles = Meter.CreateCounter<long>("loom.proofs.cycles", "{instruction}", "Instructions in attached receipts.");
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("loom.proofs.receipts", "By", "Bytes of attached receipts.");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("loom.proofs.duration", "s", "From giving a job to the prover to its receipt in the journal.");
    private static readonly Histogram<double> VerifySeconds = Meter.CreateHistogram<double>("loom.proofs.verify.duration", "s", "Verifying a receipt before it is journaled.");

    public static void Decided(ProofEvent.Decided decision) =>
        Decisions.Add(1, new("actor_type", decision.Stream.Value[..decision.Stream.Value.IndexOf('-', StringComparison.Ordinal)]), new("outcome", decision.Prove ? "prove" : "pass"));

    public static void Ended(string outcome, string code) => Outcomes.Add(1, new("outcome", outcome), new("code", code));

    public static void Attached(long cycles, long bytes, TimeSpan elapsed)
    {
        Outcomes.Add(1, new("outcome", "attached"), new("code", ""));
        Cycles.Add(cycles);
        Bytes.Add(bytes);
        Seconds.Record(elapsed.TotalSeconds);
    }

    public static void Verified(TimeSpan elapsed) => VerifySeconds.Record(elapsed.TotalSeconds);

    /// <summary>Gauges of one queue, as long as what is returned lives.</summary>
    public static IDisposable Watch(ProofQueue queue, TimeProvider time)
    {
        // All instruments of proofs are there from the start, not each with its first use.
        GC.KeepAlive((Decisions, Outcomes, Cycles, Bytes, Seconds, VerifySeconds));
        var meter = new Meter(LoomTelemetry.Name);
        meter.CreateObservableGauge(
            "loom.proofs.jobs", () => queue.Figures.ByState.Select(s => new Measurement<long>(s.Value, new KeyValuePair<string, object?>("state", s.Key.ToString().ToLowerInvariant()))),
            "{job}", "Proof jobs by state.");
        meter.CreateObservableGauge("loom.proofs.depth", () => (long)queue.Figures.Depth, "{job}", "Proof jobs that are queued, running or waiting.");
        meter.CreateObservableGauge(
            "loom.proofs.oldest", () => queue.Figures.Oldest is { } at ? Math.Max(0, (time.GetUtcNow() - at.Time).TotalSeconds) : 0, "s", "Age of the oldest open proof job.");
        return meter;
    }
}
