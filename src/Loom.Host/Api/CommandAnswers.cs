using System.Globalization;
using Loom.Api;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;
using Loom.Runtime;

namespace Loom.Hosting.Api;

/// <summary>A command's way from an edge of this host into the runtime, and its answer's way back.</summary>
internal static partial class CommandAnswers
{
    /// <summary>Sends, unless the host takes no writes now.</summary>
    public static Task<CommandReply> SendAsync(ActorRuntime runtime, HostState state, ActorCommand command, CancellationToken cancellationToken) =>
        state.Draining
            ? Refused("draining", "This host is stopping; send to another, or again after its restart.", TimeSpan.FromSeconds(1))
            : state.ReadOnly is { } why
                ? Refused("read-only", why, null)
                : runtime.SendAsync(command, cancellationToken);

    public static IResult ToResult(ActorCommand command, CommandReply reply, HttpResponse response)
    {
        switch (reply)
        {
            case CommandReply.Accepted done:
                response.Headers.ETag = $"\"{done.Revision.ToString(CultureInfo.InvariantCulture)}\"";
                return new JsonAnswer<CommandResult>(
                    new CommandResult(done.Actor.ToString(), command.Id.Value, done.Revision, done.Events, done.Link.ToString(), done.Repeated), LoomJson.Default.CommandResult);
            case CommandReply.Rejected no:
                return new Refusal(422, "rejected", no.Message, Rejection: no.Code);
            case CommandReply.Refused no:
                return new Refusal(StatusOf(no), CodeOf(no), no.Message, no.RetryAfter);
            default:
                throw new InvalidOperationException($"{reply.GetType().Name} is no answer.");
        }
    }

    /// <summary>What became of a command: refusals that an operator should know of stand out, the rest is for debugging.</summary>
    public static void Write(ILogger log, ActorCommand command, CommandReply reply)
    {
        switch (reply)
        {
            case CommandReply.Accepted done:
                Accepted(log, command.Type, command.Id.Value, command.Principal, done.Revision);
                break;
            case CommandReply.Rejected no:
                Declined(log, command.Type, command.Id.Value, command.Principal, no.Code);
                break;
            case CommandReply.Refused { Kind: RefusalKind.Fault or RefusalKind.Unavailable } no:
                Failed(log, command.Type, command.Id.Value, command.Principal, no.Code, no.Message);
                break;
            case CommandReply.Refused no:
                Declined(log, command.Type, command.Id.Value, command.Principal, no.Code);
                break;
        }
    }

    private static int StatusOf(CommandReply.Refused no) => no.Kind switch
    {
        RefusalKind.Invalid => 400,
        RefusalKind.NotFound => 404,
        RefusalKind.Forbidden => 403,
        RefusalKind.Conflict => 409,
        RefusalKind.TooLarge => 413,
        RefusalKind.Busy => 429,
        RefusalKind.Unavailable => no.Code == "disk-full" ? 507 : 503,
        _ => 500,
    };

    private static string CodeOf(CommandReply.Refused no) => no.Code == "invalid-json" ? "malformed-json" : no.Code;

    private static Task<CommandReply> Refused(string code, string message, TimeSpan? retryAfter) =>
        Task.FromResult<CommandReply>(new CommandReply.Refused(RefusalKind.Unavailable, code, message, retryAfter));

    [LoggerMessage(1, LogLevel.Debug, "Command {Type} ({Id}) of {Principal} is durable at revision {Revision}")]
    private static partial void Accepted(ILogger log, string type, string id, string principal, long revision);

    [LoggerMessage(2, LogLevel.Debug, "Command {Type} ({Id}) of {Principal} is not done: {Code}")]
    private static partial void Declined(ILogger log, string type, string id, string principal, string code);

    [LoggerMessage(3, LogLevel.Warning, "Command {Type} ({Id}) of {Principal} failed: {Code}. {Reason}")]
    private static partial void Failed(ILogger log, string type, string id, string principal, string code, string reason);
}
