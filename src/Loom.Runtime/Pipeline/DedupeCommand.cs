using MediatR;

namespace Loom.Runtime;

/// <summary>
/// Answers a repeated command of an actor in memory without a place in its mailbox, so that a storm of retries delays nobody. The
/// activation looks again before it decides: that look is the one that counts.
/// </summary>
public sealed class DedupeCommand(ActorRuntime runtime) : IPipelineBehavior<ActorCommand, CommandReply>
{
    /// <inheritdoc/>
    public async Task<CommandReply> Handle(ActorCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<CommandReply> next)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        return await runtime.AnswerRepeatAsync(request, cancellationToken) ?? await next();
    }
}
