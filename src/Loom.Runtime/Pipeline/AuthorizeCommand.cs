using MediatR;

namespace Loom.Runtime;

/// <summary>Asks the host's rule whether the caller may send this. The platform's own commands are not asked about.</summary>
public sealed class AuthorizeCommand(IAuthorizeCommand rule) : IPipelineBehavior<ActorCommand, CommandReply>
{
    /// <inheritdoc/>
    public async Task<CommandReply> Handle(ActorCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<CommandReply> next)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        return !request.FromRuntime && await rule.AuthorizeAsync(request, cancellationToken) is { } refused ? refused : await next();
    }
}
