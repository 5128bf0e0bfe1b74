namespace Loom.Web.Data;

/// <summary>Sends commands through the host's one pipeline.</summary>
public interface ICommands
{
    /// <summary>The commands a type takes, in its order; empty for an unknown type.</summary>
    Task<IReadOnlyList<CommandForm>> FormsAsync(string actorType, CancellationToken cancellationToken);

    /// <summary>Sends one and waits for the durable answer. Refusals are answers, not exceptions.</summary>
    Task<CommandAnswer> SendAsync(CommandRequest request, CancellationToken cancellationToken);
}

/// <summary>A command and what its body looks like.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Schema">JSON Schema of the body.</param>
/// <param name="Summary">One line for people; may be empty.</param>
public sealed record CommandForm(string Type, string Schema, string Summary);

/// <summary>A command to send in the name of the person at the console; the host decides who that is.</summary>
/// <param name="Stream">The actor.</param>
/// <param name="Command">The command's type.</param>
/// <param name="Json">The body.</param>
/// <param name="CommandId">Its id: repeating an id repeats nothing.</param>
/// <param name="Roles">Application roles to act with; the host refuses those the person does not have.</param>
public sealed record CommandRequest(string Stream, string Command, string Json, string CommandId, IReadOnlyList<string> Roles);

/// <summary>What became of a command.</summary>
/// <param name="Accepted">Whether it was accepted.</param>
/// <param name="Code">Why not (for example <c>command-id-reused</c>); null when accepted.</param>
/// <param name="Message">One sentence: what was refused, why and what would be accepted; null when accepted.</param>
/// <param name="Revision">Revision of the last event; null when nothing was journaled.</param>
/// <param name="EventTypes">What happened; empty when there was nothing to do.</param>
public sealed record CommandAnswer(bool Accepted, string? Code, string? Message, long? Revision, IReadOnlyList<string> EventTypes);
