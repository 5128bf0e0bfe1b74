using System.Globalization;
using Loom.Api;
using Loom.Cli.Client;

namespace Loom.Cli.Output;

/// <summary>Proof jobs as text.</summary>
internal static class ProofText
{
    public static void Write(Invocation i, ProofItem job)
    {
        i.Line($"{job.Actor} at revision {job.Revision}: {job.State} since {Times.Short(job.Since)}");
        i.Line($"  link      {job.Link}");
        i.Line($"  machine   {job.ActorType}, {job.Machine}");
        i.Line($"  asked     {Times.Short(job.Queued)}: {Printable.Line(job.Cause)}; parameter set {job.Set}, {Counted.Of(job.Attempts, "attempt")}");
        if (job.Progress is { } progress)
        {
            i.Line($"  progress  {Printable.Line(progress.Phase)}, {progress.Done} of {progress.Total}");
        }

        if (job.Reason is { } reason)
        {
            i.Line($"  reason    {Printable.Line(reason)} ({job.Code}){(job.Until is { } until ? $"; tried again at {Times.Short(until)}" : "")}");
        }

        if (job.Receipt is { } receipt)
        {
            i.Line($"  receipt   {Short(receipt)}, revision {receipt.Revision} of loom.receipts-{job.Actor}");
            i.Line($"  image id  {receipt.ImageId}");
        }
    }

    /// <summary>What a receipt took: <c>390,123 bytes, 13,952 cycles, 0.8 s</c>.</summary>
    public static string Short(ProofReceipt receipt) => string.Create(
        CultureInfo.InvariantCulture, $"{receipt.Bytes:N0} bytes, {receipt.Cycles:N0} cycles, {receipt.Milliseconds / 1000.0:F1} s");

    public static void Write(Invocation i, ProofList list, string? more)
    {
        var table = new Table("ACTOR", "REVISION", "STATE", "SINCE (UTC)", "SET", "WHAT", "LINK");
        foreach (var job in list.Proofs)
        {
            table.Add(
                job.Actor, job.Revision, job.State, Times.Short(job.Since), job.Set,
                job.Receipt is { } receipt ? Short(receipt) : job.Progress is { } p ? $"{p.Phase}, {p.Done} of {p.Total}" : job.Reason ?? job.Cause, job.Link);
        }

        if (table.Count > 0)
        {
            table.Write(i);
        }

        i.Line(string.Join(", ", list.ByState.Select(s => $"{s.Value} {s.Key}")) + $"; policies said yes {list.DecidedToProve} times, and no {list.DecidedNotTo} times.");
        if (more is not null)
        {
            i.Line(more);
        }

        if (list.Problem is { } problem)
        {
            i.Line($"Proofs wait. {Printable.Line(problem)}");
        }
    }
}
