using System.CommandLine;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom journal</c>: what an operator does with a data folder. Only accept-rollback needs a running host; a scavenge may ask one.</summary>
internal static class JournalCommands
{
    public static Command Create() => new("journal", "Check, count, scavenge, back up, restore, export and import a journal.")
    {
        CreateCheck(), CreateStats(), CreateScavenge(), CreateBackup(), CreateRestore(), CreateExport(), CreateImport(), CreateAcceptRollback(),
    };

    internal static Option<string> DataOption() => new("--data")
    {
        Description = "The data folder; LOOM_DATA, else .loom, when not given.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("LOOM_DATA") is { Length: > 0 } set ? set : ".loom",
    };

    private static Command CreateCheck()
    {
        var data = DataOption();
        return new Command("check", "Read everything, check every checksum and every blob that the journal names; changes nothing, works beside a running host.") { data }
            .Runs((i, ct) => JournalWork.CheckAsync(i, i.Get(data)!, ct));
    }

    private static Command CreateStats()
    {
        var data = DataOption();
        return new Command("stats", "Count streams, events and bytes; works beside a running host.") { data }
            .Runs((i, ct) => JournalWork.StatsAsync(i, i.Get(data)!, ct));
    }

    private static Command CreateScavenge()
    {
        var data = DataOption();
        var dry = new Option<bool>("--dry-run") { Description = "Only say what would go; works beside a running host." };
        var types = new Option<string[]>("--actor-type") { Description = "A type whose streams keep everything, though none of them is an actor's yet; a host knows its own. May be repeated." };
        var command = new Command("scavenge", "Give back the space of events that nobody can see any more: of ordinary streams that were deleted or truncated. Actors and the log lose nothing.") { data, dry, types };
        return Remote.MayRun(command, (i, client, ct) => client is null
            ? ScavengeWork.OfFolderAsync(i, i.Get(data)!, i.Get(types) ?? [], i.Get(dry), ct)
            : ScavengeWork.OfHostAsync(i, client, i.Get(dry), ct));
    }

    private static Command CreateBackup()
    {
        var data = DataOption();
        var target = new Argument<string>("folder") { Description = "A new or empty folder for the backup." };
        return new Command("backup", "Copy the journal, the blobs it names and the log's keys into a new folder; works beside a running host. Keep it as secret as the keys.") { target, data }
            .Runs((i, ct) => JournalWork.BackupAsync(i, i.Get(data)!, i.Required(target), ct));
    }

    private static Command CreateRestore()
    {
        var data = DataOption();
        var backup = new Argument<string>("folder") { Description = "The backup." };
        return new Command("restore", "Copy a backup into an empty data folder, comparing every byte.") { backup, data }
            .Runs((i, ct) => JournalWork.RestoreAsync(i, i.Required(backup), i.Get(data)!, ct));
    }

    private static Command CreateExport()
    {
        var data = DataOption();
        var output = new Option<string>("--output", "-o") { Description = "The file to write; - for standard output.", DefaultValueFactory = _ => "journal.ndjson" };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists." };
        return new Command("export", "Write every event, and the blobs that events name, as lines of JSON; works beside a running host.") { data, output, force }
            .Runs((i, ct) => JournalWork.ExportAsync(i, i.Get(data)!, i.Get(output)!, i.Get(force), ct));
    }

    private static Command CreateImport()
    {
        var data = DataOption();
        var file = new Argument<string>("file") { Description = "The lines of 'loom journal export'; - for standard input." };
        return new Command("import", "Read exported events into an empty journal.") { file, data }
            .Runs((i, ct) => JournalWork.ImportAsync(i, i.Get(data)!, i.Required(file), ct));
    }

    private static Command CreateAcceptRollback() =>
        Remote.Runs(new Command("accept-rollback", "Journal that the journal lacks a checkpoint that was published, and go on in a new epoch of the log."), async (i, client, ct) =>
        {
            var answer = await client.PostAsync("/api/journal/accept-rollback", null, LoomJson.Default.LogStatus, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
            }
            else
            {
                LogCommand.Show(i, answer.Value);
            }

            return ExitCodes.Ok;
        });
}
