using System.CommandLine;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom blob</c>: the blobs of a data folder. All but gc --delete work beside a running host.</summary>
internal static class BlobCommands
{
    public static Command Create() => new("blob", "List, read, store and thin out the blobs of a data folder.")
    {
        CreateList(), CreateGet(), CreatePut(), CreateCollect(),
    };

    private static Command CreateList()
    {
        var data = JournalCommands.DataOption();
        var area = new Argument<string?>("area") { Description = "The area to look into, with those below it; all areas when not given.", Arity = ArgumentArity.ZeroOrOne };
        var count = new Option<int>("--count") { Description = "Most blobs of an area to list.", DefaultValueFactory = _ => 100 };
        return new Command("ls", "Show the areas (commands, activities, proofs/CASE, states/…), and the blobs of one; works beside a running host.") { area, count, data }
            .Runs((i, ct) => BlobWork.ListAsync(i, i.Get(data)!, i.Get(area), i.Get(count), ct));
    }

    private static Command CreateGet()
    {
        var data = JournalCommands.DataOption();
        var name = new Argument<string>("name") { Description = "The blob, as ls shows it: AREA/SHA256." };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; - for standard output. The hash, in the working folder, when not given." };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists." };
        return new Command("get", "Write a blob to a file, its content checked against its hash.") { name, data, output, force }
            .Runs((i, ct) => BlobWork.GetAsync(i, i.Get(data)!, i.Required(name), i.Get(output), i.Get(force), ct));
    }

    private static Command CreatePut()
    {
        var data = JournalCommands.DataOption();
        var area = new Argument<string>("area") { Description = "The area, such as commands." };
        var file = new Argument<string>("file") { Description = "The file to store; - for standard input." };
        return new Command("put", "Store a file as a blob, such as one that 'loom journal check' misses, and print its name.") { area, file, data }
            .Runs((i, ct) => BlobWork.PutAsync(i, i.Get(data)!, i.Required(area), i.Required(file), ct));
    }

    private static Command CreateCollect()
    {
        var data = JournalCommands.DataOption();
        var rules = new Option<string[]>("--keep")
        {
            Description = "AREA=DAYS or AREA=forever: how long blobs of this area (and those below it) that no event names are kept; may be repeated. Without AREA= for all. 30 days where nothing is said.",
        };
        var delete = new Option<bool>("--delete") { Description = "Remove them; without it, only say what would be removed. No host may have the journal open." };
        return new Command("gc", "Find blobs that no event of the journal names and that are old enough, and remove them when asked to.") { rules, delete, data }
            .Runs((i, ct) => BlobWork.CollectAsync(i, i.Get(data)!, i.Get(rules) ?? [], i.Get(delete), ct));
    }
}
