using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;
using Loom.Core;
using Loom.Journal;

namespace Loom.Cli.Commands;

/// <summary>What <c>loom journal scavenge</c> does, on a folder or through the host that has it open.</summary>
internal static class ScavengeWork
{
    public static async Task<int> OfFolderAsync(Invocation i, string data, string[] types, bool dryRun, CancellationToken cancellationToken)
    {
        if (Array.Find(types, t => !ActorId.IsType(t)) is { } wrong)
        {
            throw new CliException(ExitCodes.Usage, $"--actor-type {wrong} is no actor type.", "One is a lower-case letter and up to 63 letters or digits.", "Name a type, without a version.");
        }

        ScavengeReport report;
        using (var progress = new JournalProgressLine(i, dryRun ? "Looking" : "Scavenging", "bytes"))
        {
            report = await JournalMaintenance.ScavengeAsync(JournalWork.JournalOf(data), types, new ScavengeRequest { DryRun = dryRun }, progress, cancellationToken);
        }

        return Show(i, new JournalScavenged(report.Segments, report.Rewritten, report.Events, report.Bytes, report.BytesFreed, report.WasStopped, dryRun));
    }

    public static async Task<int> OfHostAsync(Invocation i, LoomClient client, bool dryRun, CancellationToken cancellationToken)
    {
        var answer = await client.PostAsync("/api/journal/scavenge", new JournalScavenge(dryRun), LoomJson.Default.JournalScavenge, LoomJson.Default.JournalScavenged, cancellationToken);
        return Show(i, answer.Value);
    }

    private static int Show(Invocation i, JournalScavenged done)
    {
        if (i.Json)
        {
            i.WriteJson(done);
            return done.WasStopped ? ExitCodes.SaidNo : ExitCodes.Ok;
        }

        i.Line(done.Events == 0
            ? $"Nothing {(done.DryRun ? "would go" : "went")}: {Counted.Of(done.Segments, "complete segment")} looked at, all that they hold can be seen or must stay."
            : $"{Counted.Of(done.Events, "event")} {(done.DryRun ? "would go" : "went")} from {Counted.Of(done.Rewritten, "segment")} of {Counted.Of(done.Segments, "segment")}; the disk {(done.DryRun ? "would have" : "has")} {Counted.Of(done.BytesFreed, "byte")} back of {Counted.Of(done.Bytes, "byte")}.");
        if (done.WasStopped)
        {
            i.Line("Stopped before the last segment. What went is gone for good; run it again for the rest.");
        }

        return done.WasStopped ? ExitCodes.SaidNo : ExitCodes.Ok;
    }
}
