using System.CommandLine;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;
using Loom.Core;

namespace Loom.Cli.Commands;

/// <summary>
/// <c>loom log proof</c>: rebuilds the tree from every leaf, compares its root with the checkpoint, and gives the path of one leaf.
/// Everything is computed here: the host's word is needed for nothing but the leaves, which the root binds.
/// </summary>
internal static class LogProofCommand
{
    private const int PageSize = 1000;

    private sealed record Proof(string Stream, long Revision, string Link, long Index, long Size, string Root, IReadOnlyList<string> Path);

    public static Command Create()
    {
        var actor = ActorArgument.Create();
        var revision = new Option<long?>("--revision") { Description = "The transition that holds this revision; the last when not given." };
        return Remote.Runs(new Command("proof", "Prove that a transition is in the log: rebuild the tree, compare its root, print the inclusion proof.") { actor, revision }, async (i, client, ct) =>
        {
            var log = (await client.PostAsync("/api/log/flush", null, LoomJson.Default.LogStatus, ct)).Value;
            if (log.Checkpoint is not { } checkpoint)
            {
                throw new CliException(ExitCodes.SaidNo, "The log has no checkpoint yet.", "It is empty.");
            }

            var entries = await ReadAsync(i, client, checkpoint.Size, ct);
            var leaf = entries
                .Where(e => e.Stream == i.Required(actor) && (i.Get(revision) is not { } wanted || e.Revision <= wanted))
                .MaxBy(e => e.Revision)
                ?? throw new CliException(ExitCodes.SaidNo, $"No transition of {i.Required(actor)} is in the log at size {checkpoint.Size}.", "The actor does not exist, or its history begins later.");
            return Show(i, Prove(entries, leaf, checkpoint));
        });
    }

    private static async Task<List<LogEntry>> ReadAsync(Invocation i, LoomClient client, long size, CancellationToken cancellationToken)
    {
        var entries = new List<LogEntry>();
        using var progress = new Progress(i, "Reading leaves", "leaves");
        while (entries.Count < size)
        {
            var page = (await client.GetAsync(
                Query.Of("/api/log/entries", ("from", entries.Count), ("count", Math.Min(PageSize, size - entries.Count))), LoomJson.Default.LogEntryList, cancellationToken)).Value;
            if (page.Entries.Count == 0)
            {
                throw new CliException(ExitCodes.SaidNo, $"The host gave {entries.Count} leaves of a log of size {size}.", "Its log and its checkpoint disagree.");
            }

            entries.AddRange(page.Entries);
            progress.Report(entries.Count, size);
        }

        return entries;
    }

    private static Proof Prove(List<LogEntry> entries, LogEntry leaf, CheckpointItem checkpoint)
    {
        var tree = new MerkleTree();
        foreach (var entry in entries)
        {
            tree.Append(Digest.Parse(entry.Link));
        }

        var root = tree.Root(checkpoint.Size);
        if (root.ToString() != checkpoint.Root)
        {
            throw new CliException(ExitCodes.SaidNo, $"The leaves do not give the checkpoint's root at size {checkpoint.Size}.", $"Rebuilt {root}, signed {checkpoint.Root}.", "The log or the checkpoint was changed: ask whoever runs the host, and keep both.");
        }

        var path = tree.InclusionProof(leaf.Index, checkpoint.Size);
        return new Proof(leaf.Stream, leaf.Revision, leaf.Link, leaf.Index, checkpoint.Size, checkpoint.Root, [.. path.Select(h => h.ToString())]);
    }

    private static int Show(Invocation i, Proof proof)
    {
        if (i.Json)
        {
            i.WriteJson(proof);
            return ExitCodes.Ok;
        }

        i.Line($"link   {proof.Link}  ({proof.Stream} at revision {proof.Revision})");
        i.Line($"leaf   {proof.Index} of {proof.Size}");
        i.Line($"root   {proof.Root}  rebuilt from all leaves, equals the checkpoint's");
        foreach (var (hash, level) in proof.Path.Select((h, n) => (h, n)))
        {
            i.Line($"path   {level,2} {hash}");
        }

        return ExitCodes.Ok;
    }
}
