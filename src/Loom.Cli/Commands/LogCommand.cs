using System.CommandLine;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom log</c>: the transparency log.</summary>
internal static class LogCommand
{
    public static Command Create() => new("log", "Look at the transparency log, and publish its checkpoints.")
    {
        CreateShow(), CreateCheckpoints(), CreateEntries(), CreatePublish(), LogProofCommand.Create(),
    };

    private static Command CreateShow()
    {
        var note = new Option<bool>("--note") { Description = "Print the latest checkpoint as the signed note, and nothing else." };
        return Remote.Runs(new Command("show", "Show the log's size and latest checkpoint.") { note }, async (i, client, ct) =>
        {
            var answer = await client.GetAsync("/api/log", LoomJson.Default.LogStatus, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
            }
            else if (i.Get(note))
            {
                i.Out.Write(answer.Value.Checkpoint?.Note ?? throw new CliException(ExitCodes.SaidNo, "The log has no checkpoint yet.", "It is empty."));
            }
            else
            {
                Show(i, answer.Value);
            }

            return ExitCodes.Ok;
        });
    }

    public static void Show(Invocation i, LogStatus log)
    {
        i.Line($"origin      {log.Origin}");
        i.Line($"epoch       {log.Epoch}");
        i.Line($"size        {log.Size}{(log.Building ? ", built by this host" : "")}");
        i.Line(log.Checkpoint is { } c ? $"checkpoint  size {c.Size}, root {c.Root}, {Times.Short(c.At)}" : "checkpoint  none yet");
        if (log.ReadOnly)
        {
            i.Line("READ ONLY   the journal lacks a checkpoint that was published; 'loom journal accept-rollback' journals that and goes on in a new epoch");
        }

        foreach (var finding in log.Findings)
        {
            i.Outside($"FINDING     {finding}");
        }
    }

    private static Command CreateCheckpoints()
    {
        var below = new Option<long?>("--below") { Description = "Only sizes below this one." };
        var count = new Option<int>("--count") { Description = "At most so many.", DefaultValueFactory = _ => 50 };
        return Remote.Runs(new Command("checkpoints", "List signed tree heads, newest first.") { below, count }, async (i, client, ct) =>
        {
            var answer = await client.GetAsync(Query.Of("/api/log/checkpoints", ("below", i.Get(below)), ("count", i.Get(count))), LoomJson.Default.CheckpointList, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
                return ExitCodes.Ok;
            }

            var table = new Table("SIZE", "ROOT", "AT");
            foreach (var c in answer.Value.Checkpoints)
            {
                table.Add(c.Size, c.Root, Times.Short(c.At));
            }

            table.Write(i);
            if (answer.Value.Next is { } next)
            {
                i.Line($"More with --below {next}.");
            }

            return ExitCodes.Ok;
        });
    }

    private static Command CreateEntries()
    {
        var from = new Option<long>("--from") { Description = "The first leaf index.", DefaultValueFactory = _ => 0 };
        var count = new Option<int>("--count") { Description = "At most so many.", DefaultValueFactory = _ => 100 };
        return Remote.Runs(new Command("entries", "List leaves in order.") { from, count }, async (i, client, ct) =>
        {
            var answer = await client.GetAsync(Query.Of("/api/log/entries", ("from", i.Get(from)), ("count", i.Get(count))), LoomJson.Default.LogEntryList, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
                return ExitCodes.Ok;
            }

            var table = new Table("INDEX", "STREAM", "REVISION", "LINK");
            foreach (var e in answer.Value.Entries)
            {
                table.Add(e.Index, e.Stream, e.Revision, e.Link);
            }

            table.Write(i);
            return ExitCodes.Ok;
        });
    }

    private static Command CreatePublish() =>
        Remote.Runs(new Command("publish", "Send the latest checkpoint to where the setting log.publish says."), async (i, client, ct) =>
        {
            var answer = await client.PostAsync("/api/log/publish", null, LoomJson.Default.PublishResult, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
            }
            else
            {
                answer.Value.Published.ToList().ForEach(place => i.Outside($"size {answer.Value.Size}: {place}"));
            }

            return ExitCodes.Ok;
        });
}
