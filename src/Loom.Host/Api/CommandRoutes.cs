using System.Diagnostics;
using System.Globalization;
using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Configuration;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;
using Loom.Hosting.Telemetry;
using Loom.Runtime;

namespace Loom.Hosting.Api;

/// <summary>Commands over HTTP: translates, nothing else.</summary>
internal static class CommandRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/actors/{actor}/commands/{type}", SendAsync).Needs(Permission.SendCommands)
            .WithName("SendCommand").WithTags("actors").WithSummary("Sends a command; answered when durable.")
            .Accepts<object>("application/json").Produces<CommandResult>();

    private static async Task<IResult> SendAsync(
        string actor, string type, HttpContext context, ActorRuntime runtime, HostState state, LiveSettings settings, ILogger<ActorRuntime> log)
    {
        var command = await ReadAsync(actor, type, context.Request, context.Caller(), (int)settings.Now.Integer("limits.body"));
        using var scope = log.BeginScope(new CommandScope(command.Actor.ToString(), command.Correlation));
        return CommandAnswers.ToResult(command, await CommandAnswers.SendAsync(runtime, state, command, context.RequestAborted), context.Response);
    }

    private static async Task<ActorCommand> ReadAsync(string actor, string type, HttpRequest request, Caller caller, int limit)
    {
        if (request.ContentType is not null && !request.HasJsonContentType())
        {
            throw new RefusedException(new Refusal(415, "unsupported-media-type", "A command's body is application/json."));
        }

        return new ActorCommand
        {
            Actor = Answer.Actor(actor),
            Type = type,
            Id = CommandIdOf(request),
            Body = await BodyOf(request, limit),
            Principal = PrincipalOf(request, caller),
            Roles = RolesOf(request, caller),
            Correlation = Optional(request, "Loom-Correlation"),
            Causation = Optional(request, "Loom-Causation"),
            Traceparent = Activity.Current?.Id ?? Optional(request, "traceparent"),
            ExpectedRevision = ExpectedOf(request),
        };
    }

    private static CommandId CommandIdOf(HttpRequest request)
    {
        var given = Optional(request, "Idempotency-Key");
        return given is null ? CommandId.Parse(Guid.CreateVersion7().ToString("D"))
            : CommandId.TryParse(given, out var id) ? id
            : throw Refuse("Idempotency-Key is the command's id: 1 to 128 printable ASCII characters without spaces.");
    }

    private static string PrincipalOf(HttpRequest request, Caller caller)
    {
        var given = Optional(request, "Loom-Principal");
        return given is null || given == caller.Principal ? caller.Principal
            : caller.May(Permission.Impersonate) ? given
            : throw new RefusedException(new Refusal(403, "forbidden", $"{caller.Principal} may not send commands in the name of others; that takes the role host."));
    }

    private static IReadOnlyList<string> RolesOf(HttpRequest request, Caller caller)
    {
        if (Optional(request, "Loom-Roles") is not { } given)
        {
            return caller.ApplicationRoles ?? [];
        }

        var roles = given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return caller.RefuseRoles(roles) is { } refusal ? throw new RefusedException(new Refusal(403, "forbidden", refusal)) : roles;
    }

    private static long? ExpectedOf(HttpRequest request)
    {
        var given = request.Query.TryGetValue("expectedRevision", out var query) ? query.ToString() : Optional(request, "If-Match")?.Trim('"');
        return given is null ? null
            : long.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var revision) ? revision
            : throw Refuse($"'{(given.Length > 40 ? given[..40] : given)}' is no revision. Send If-Match: \"12\", or expectedRevision=-1 for an actor that is not born yet.");
    }

    private static string? Optional(HttpRequest request, string header) =>
        request.Headers[header] is [{ Length: > 0 } value] ? value : null;

    private static async Task<ReadOnlyMemory<byte>> BodyOf(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
        {
            throw new RefusedException(new Refusal(413, "too-large", $"The body has {request.ContentLength} bytes; this host takes {limit} (limits.body)."));
        }

        using var body = new MemoryStream((int)(request.ContentLength ?? 256));
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.Length == 0 ? "{}"u8.ToArray() : body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static RefusedException Refuse(string detail) => new(Refusal.Invalid(detail));
}
