using MediatR;

namespace Loom.Runtime;

/// <summary>A mediator for the one request there is: handler and behaviours are fixed, so nothing is resolved per command.</summary>
internal sealed class SingleRequestMediator
{
    private readonly IRequestHandler<ActorCommand, CommandReply> _handler;
    private readonly IEnumerable<IPipelineBehavior<ActorCommand, CommandReply>> _behaviours;

    public SingleRequestMediator(
        IRequestHandler<ActorCommand, CommandReply> handler, IReadOnlyList<IPipelineBehavior<ActorCommand, CommandReply>> behaviours)
    {
        (_handler, _behaviours) = (handler, [.. behaviours]);
        Mediator = new Mediator(Resolve);
    }

    public IMediator Mediator { get; }

    private object Resolve(Type service) =>
        service == typeof(IRequestHandler<ActorCommand, CommandReply>) ? _handler
        : service == typeof(IEnumerable<IPipelineBehavior<ActorCommand, CommandReply>>) ? _behaviours
        : throw new InvalidOperationException($"The command pipeline has no {service}.");
}
