namespace Loom.Runtime;

/// <summary>Decides who may send what. The host plugs in its own; <see cref="AllowAll"/> leaves everything to the machines.</summary>
public interface IAuthorizeCommand
{
    /// <summary>Null when allowed, else the refusal that the caller gets.</summary>
    ValueTask<CommandReply.Refused?> AuthorizeAsync(ActorCommand command, CancellationToken cancellationToken);
}

/// <summary>Allows every command: for hosts where the edge has authenticated and the machine checks roles.</summary>
public sealed class AllowAll : IAuthorizeCommand
{
    /// <inheritdoc/>
    public ValueTask<CommandReply.Refused?> AuthorizeAsync(ActorCommand command, CancellationToken cancellationToken) => default;
}
