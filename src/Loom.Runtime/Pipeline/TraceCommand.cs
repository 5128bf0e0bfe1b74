using System.Diagnostics;
using MediatR;

namespace Loom.Runtime;

/// <summary>One span per command, child of the caller's; its id is what the link records.</summary>
public sealed class TraceCommand : IPipelineBehavior<ActorCommand, CommandReply>
{
    /// <inheritdoc/>
    public Task<CommandReply> Handle(ActorCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<CommandReply> next)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        return LoomTelemetry.Activities.HasListeners() ? TracedAsync(request, next) : next();
    }

    private static async Task<CommandReply> TracedAsync(ActorCommand request, RequestHandlerDelegate<CommandReply> next)
    {
        var parent = request.Traceparent is { } given && ActivityContext.TryParse(given, null, isRemote: true, out var context)
            ? context
            : Activity.Current?.Context ?? default;
        using var activity = LoomTelemetry.Activities.StartActivity($"command {request.Type}", ActivityKind.Internal, parent);
        if (activity is not null)
        {
            activity.SetTag("loom.actor", request.Actor.ToString());
            activity.SetTag("loom.command.id", request.Id.Value);
            request.OwnTraceparent = activity.Id;
        }

        var reply = await next();
        if (activity is not null)
        {
            activity.SetTag("loom.outcome", OutcomeOf(reply));
            if (reply is CommandReply.Accepted accepted)
            {
                activity.SetTag("loom.revision", accepted.Revision);
            }
            else if (reply is CommandReply.Refused { Kind: RefusalKind.Fault or RefusalKind.Unavailable } refused)
            {
                activity.SetStatus(ActivityStatusCode.Error, refused.Code);
            }
        }

        return reply;
    }

    private static string OutcomeOf(CommandReply reply) => reply switch
    {
        CommandReply.Accepted => "accepted",
        CommandReply.Rejected no => no.Code,
        CommandReply.Refused no => no.Code,
        _ => "unknown",
    };
}
