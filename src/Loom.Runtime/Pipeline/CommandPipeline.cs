using MediatR;

namespace Loom.Runtime;

/// <summary>
/// The order of behaviours that every command passes, from any edge: validate → authorize → trace → dedupe. The host may list another
/// order or more of them; a loop guard belongs after dedupe, where a repeat has been answered and a new command not yet posted.
/// </summary>
public static class CommandPipeline
{
    /// <summary>The standard order.</summary>
    public static IReadOnlyList<IPipelineBehavior<ActorCommand, CommandReply>> Standard(ActorRuntime runtime, IAuthorizeCommand authorize) =>
    [
        new ValidateCommand(runtime.Types, runtime.CommandLimit),
        new AuthorizeCommand(authorize),
        new TraceCommand(),
        new DedupeCommand(runtime),
    ];
}
