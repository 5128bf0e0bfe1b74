using System.CommandLine;
using System.Text.Json;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom show</c>: an actor now.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var actor = ActorArgument.Create();
        return Remote.Runs(new Command("show", "Show an actor's state and head.") { actor }, async (i, client, ct) =>
        {
            var answer = await client.GetAsync(ActorArgument.Path(i.Required(actor)), LoomJson.Default.ActorDetail, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
                return ExitCodes.Ok;
            }

            var it = answer.Value;
            i.Outside($"{it.Actor}  {Printable.Line(it.Label)}");
            i.Line($"type      {it.ActorType}, {it.Machine}");
            i.Line($"revision  {it.Revision}, {Counted.Of(it.Transitions, "transition")}");
            i.Line($"born      {Times.Short(it.Born)}");
            i.Line($"changed   {Times.Short(it.Changed)}");
            i.Line($"link      {it.Link}");
            i.Outside(State(it.State));
            return ExitCodes.Ok;
        });
    }

    /// <summary>A state as indented JSON.</summary>
    public static string State(JsonElement? state) =>
        state is { } json ? JsonSerializer.Serialize(json, Invocation.JsonOptions) : "(the state is no JSON)";
}
