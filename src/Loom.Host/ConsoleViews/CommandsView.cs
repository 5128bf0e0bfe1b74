using System.Text;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.Operations;
using Loom.Runtime;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>Commands from the console, through the one pipeline.</summary>
internal sealed class CommandsView(ActorRuntime runtime, HostState state, ActorHistory history, PersonAtConsole person) : ICommands
{
    public Task<IReadOnlyList<CommandForm>> FormsAsync(string actorType, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<CommandForm>>(
            runtime.Types.TryGet(actorType, out var machine)
                ? [.. machine.Manifest.Commands.Where(c => !c.Type.StartsWith("loom.", StringComparison.Ordinal)).Select(c => new CommandForm(c.Type, c.Schema, c.Summary))]
                : []);

    public async Task<CommandAnswer> SendAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var caller = await person.WhoAsync();
        if (!caller.May(Permission.SendCommands))
        {
            return No("forbidden", $"{caller.Principal} may not send commands; it takes one of the roles {string.Join(", ", AccessTable.Having(Permission.SendCommands))}.");
        }

        if (caller.RefuseRoles(request.Roles) is { } refusal)
        {
            return No("forbidden", refusal);
        }

        if (!ActorId.TryParse(request.Stream, out var actor) || !CommandId.TryParse(request.CommandId, out var id))
        {
            return No("invalid-request", "The actor is TYPE-ID, and the command's id 1 to 128 printable characters.");
        }

        var command = new ActorCommand
        {
            Actor = actor,
            Type = request.Command,
            Id = id,
            Body = Encoding.UTF8.GetBytes(request.Json),
            Principal = caller.Principal,
            Roles = request.Roles,
        };
        return await CommandAnswers.SendAsync(runtime, state, command, cancellationToken) switch
        {
            CommandReply.Accepted done => new CommandAnswer(true, null, null, done.Events == 0 ? null : done.Revision, await EventTypesAsync(done, cancellationToken)),
            CommandReply.Rejected no => No(no.Code, no.Message),
            CommandReply.Refused no => No(no.Code, no.Message),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is no answer."),
        };
    }

    private async Task<IReadOnlyList<string>> EventTypesAsync(CommandReply.Accepted done, CancellationToken cancellationToken)
    {
        if (done.Events == 0)
        {
            return [];
        }

        await foreach (var transition in history.ReadAsync(done.Actor, done.Revision, cancellationToken))
        {
            return [.. transition.Link.Events.Select(e => e.Type)];
        }

        return [];
    }

    private static CommandAnswer No(string code, string message) => new(false, code, message, null, []);
}
