using System.CommandLine;
using System.Globalization;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom actors</c>: the directory, a page at a time.</summary>
internal static class ActorsCommand
{
    public static Command Create()
    {
        var text = new Argument<string?>("text") { Description = "Only actors whose name holds this.", Arity = ArgumentArity.ZeroOrOne };
        var type = new Option<string?>("--type") { Description = "Only this actor type." };
        var label = new Option<string?>("--label") { Description = "Only actors whose state has this label." };
        var order = new Option<string>("--order") { Description = "changed (newest first), name or length.", DefaultValueFactory = _ => "changed" };
        order.AcceptOnlyFromAmong("changed", "name", "length");
        var skip = new Option<long>("--skip") { Description = "Leave out the first so many.", DefaultValueFactory = _ => 0 };
        var take = new Option<int>("--take") { Description = "Show at most so many.", DefaultValueFactory = _ => 50 };
        var types = new Option<bool>("--types") { Description = "List the registered actor types and their commands instead." };
        return Remote.Runs(new Command("actors", "List actors, or the actor types.") { text, type, label, order, skip, take, types }, (i, client, ct) =>
            i.Get(types) ? ListTypesAsync(i, client, ct) : ListAsync(i, client, Query.Of(
                "/api/actors", ("text", i.Get(text)), ("type", i.Get(type)), ("label", i.Get(label)), ("order", i.Get(order)), ("skip", i.Get(skip)), ("take", i.Get(take))), i.Get(skip), ct));
    }

    private static async Task<int> ListAsync(Invocation i, LoomClient client, string path, long skipped, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(path, LoomJson.Default.ActorList, cancellationToken);
        if (i.Json)
        {
            i.WriteBody(answer.Body);
            return ExitCodes.Ok;
        }

        var list = answer.Value;
        var table = new Table("ACTOR", "STATE", "TRANSITIONS", "LAST COMMAND", "CHANGED");
        foreach (var actor in list.Actors)
        {
            table.Add(actor.Actor, actor.Label, actor.Transitions, actor.LastCommand, Times.Short(actor.Changed));
        }

        if (table.Count > 0)
        {
            table.Write(i);
        }

        var shown = skipped + table.Count;
        i.Line(list.Total == 0 ? "No actors." : string.Create(CultureInfo.InvariantCulture, $"{skipped + 1:N0} to {shown:N0} of {list.Total:N0}{(shown < list.Total ? $"; more with --skip {shown}" : "")}"));
        if (list.Lag > 0)
        {
            i.Line(string.Create(CultureInfo.InvariantCulture, $"The directory is {list.Lag:N0} events behind the journal; ask again in a moment."));
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> ListTypesAsync(Invocation i, LoomClient client, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync("/api/types", LoomJson.Default.TypeList, cancellationToken);
        if (i.Json)
        {
            i.WriteBody(answer.Body);
            return ExitCodes.Ok;
        }

        var table = new Table("TYPE", "MACHINE", "COMMAND", "DOES");
        foreach (var type in answer.Value.Types)
        {
            foreach (var command in type.Commands)
            {
                table.Add($"{type.Name}@{type.Version}", type.Machine, command.Type, command.Summary);
            }
        }

        table.Write(i);
        return ExitCodes.Ok;
    }
}
