using System.CommandLine;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom replay</c>: the state an actor had, rebuilt from its events and compared with its link.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var actor = ActorArgument.Create();
        var to = new Option<long?>("--to") { Description = "The revision to replay to; the last when not given." };
        return Remote.Runs(new Command("replay", "Rebuild the state an actor had at a revision.") { actor, to }, async (i, client, ct) =>
        {
            var answer = await client.GetAsync(Query.Of($"{ActorArgument.Path(i.Required(actor))}/replay", ("to", i.Get(to))), LoomJson.Default.ReplayResult, ct);
            var it = answer.Value;
            if (i.Json)
            {
                i.WriteBody(answer.Body);
            }
            else
            {
                i.Outside($"{it.Actor} at revision {it.Revision}, after transition {it.Number}  {Printable.Line(it.Label)}");
                i.Outside(ShowCommand.State(it.State));
                i.Line(it.Agrees ? $"The rebuilt state opens the link's digest {it.To}." : $"The rebuilt state does NOT open the link's digest {it.To}.");
            }

            return it.Agrees ? ExitCodes.Ok : ExitCodes.SaidNo;
        });
    }
}
