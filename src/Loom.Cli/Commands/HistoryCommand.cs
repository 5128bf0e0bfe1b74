using System.CommandLine;
using System.Text.Json;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom history</c>: an actor's transitions.</summary>
internal static class HistoryCommand
{
    private const int PageSize = 500;

    public static Command Create()
    {
        var actor = ActorArgument.Create();
        var from = new Option<long?>("--from") { Description = "Begin at this revision." };
        var count = new Option<int>("--count") { Description = "At most so many transitions; 0: all.", DefaultValueFactory = _ => 50 };
        var newest = new Option<bool>("--newest-first") { Description = "Go backwards from the head." };
        var bodies = new Option<bool>("--bodies") { Description = "Also show commands and events in full." };
        return Remote.Runs(new Command("history", "List an actor's transitions.") { actor, from, count, newest, bodies }, async (i, client, ct) =>
        {
            var wanted = i.Get(count) <= 0 ? int.MaxValue : i.Get(count);
            var (transitions, next) = await ReadAsync(client, i.Required(actor), i.Get(from), wanted, i.Get(newest) ? "backwards" : "forwards", ct);
            if (i.Json)
            {
                i.WriteJson(JsonSerializer.SerializeToElement(new TransitionList(i.Required(actor), transitions, next), LoomJson.Default.TransitionList));
                return ExitCodes.Ok;
            }

            Show(i, transitions, i.Get(bodies));
            if (next is { } more)
            {
                i.Line($"More with --from {more}{(i.Get(newest) ? " --newest-first" : "")}, all with --count 0.");
            }

            return ExitCodes.Ok;
        });
    }

    private static async Task<(List<TransitionItem> Transitions, long? Next)> ReadAsync(
        LoomClient client, string actor, long? from, int wanted, string direction, CancellationToken cancellationToken)
    {
        var transitions = new List<TransitionItem>();
        var next = from;
        do
        {
            var path = Query.Of($"{ActorArgument.Path(actor)}/transitions", ("from", next), ("count", Math.Min(PageSize, wanted - transitions.Count)), ("direction", direction));
            var page = (await client.GetAsync(path, LoomJson.Default.TransitionList, cancellationToken)).Value;
            transitions.AddRange(page.Transitions);
            next = page.Next;
        }
        while (next is not null && transitions.Count < wanted);
        return (transitions, next);
    }

    private static void Show(Invocation i, List<TransitionItem> transitions, bool bodies)
    {
        var table = new Table("REVISION", "AT", "COMMAND", "BY", "EVENTS", "LINK");
        foreach (var t in transitions)
        {
            table.Add(
                t.Revision == t.LastRevision ? $"{t.Revision}" : $"{t.Revision}-{t.LastRevision}", Times.Short(t.At), t.Command,
                t.Roles.Count == 0 ? t.Principal : $"{t.Principal} ({string.Join(", ", t.Roles)})", string.Join(", ", t.Events.Select(e => e.Type)), Hashes.Short(t.Link));
        }

        table.Write(i);
        foreach (var t in bodies ? transitions : [])
        {
            i.Line();
            i.Outside($"{t.Revision}  {t.Command} {t.CommandBody?.GetRawText() ?? t.CommandProblem}");
            foreach (var e in t.Events)
            {
                i.Outside($"{e.Revision}    {e.Type} {e.Data?.GetRawText()}");
            }
        }
    }
}
