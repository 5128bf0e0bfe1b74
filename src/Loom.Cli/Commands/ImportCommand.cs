using System.CommandLine;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom import xes</c>: an event log becomes actors, one per case.</summary>
internal static class ImportCommand
{
    public static Command Create() => new("import", "Bring in histories from elsewhere.") { CreateXes() };

    private static Command CreateXes()
    {
        var file = new Argument<string>("file") { Description = "The event log, .xes or .xes.gz." };
        var machine = new Option<string>("--machine") { Description = "The actor type that takes the steps.", DefaultValueFactory = _ => "declaration" };
        var role = new Option<string?>("--role-key") { Description = "The attribute that holds a step's role." };
        var resource = new Option<string?>("--resource-key") { Description = "The attribute that holds who did it." };
        var amount = new Option<string?>("--amount-key") { Description = "The attribute that holds the amount." };
        var id = new Option<string?>("--id") { Description = "The import's id; its own actor is import-ID." };
        var set = new Option<string[]>("--set") { Description = "KEY=VALUE: a setting of the machine's mapping, for example fourEyes=on. May be given often." };
        set.Validators.Add(r => (r.GetValue(set) ?? []).Where(s => s.IndexOf('=', StringComparison.Ordinal) < 1).ToList()
            .ForEach(s => r.AddError($"--set takes KEY=VALUE, not '{s}'.")));
        return Remote.Runs(new Command("xes", "Import an XES event log, one actor per case.") { file, machine, role, resource, amount, set, id }, async (i, client, ct) =>
        {
            if (!File.Exists(i.Required(file)))
            {
                throw new CliException(ExitCodes.Malformed, $"{i.Required(file)} does not exist.", null, "Check the path.");
            }

            var settings = (i.Get(set) ?? []).Select(s => s.Split('=', 2)).Select(s => ($"set.{s[0]}", (object?)s[1]));
            var query = Query.Of(
                "/api/import/xes",
                [("machine", i.Get(machine)), ("roleKey", i.Get(role)), ("resourceKey", i.Get(resource)), ("amountKey", i.Get(amount)), ("id", i.Get(id)), ("file", Path.GetFileName(i.Required(file))), .. settings]);
            var answer = await XesImport.RunAsync(i, client, i.Required(file), query, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
            }
            else
            {
                i.Line(XesImport.Summary(answer.Value));
                if (answer.Value.Refused > 0)
                {
                    i.Line($"Which steps were refused, and by which rule: loom history {answer.Value.Actor} --bodies");
                }
            }

            return ExitCodes.Ok;
        });
    }
}
