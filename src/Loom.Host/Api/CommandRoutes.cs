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
using Microsoft.AspNetCore.Http.Features;

namespace Loom.Hosting.Api;

/// <summary>Commands over HTTP: translates, nothing else.</summary>
internal static class CommandRoutes
{
    private const int Slack = 16 << 20;

    // A body of up to so many announced bytes is read in one piece.
    private const int AtOnce = 4096;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/actors/{actor}/commands/{type}", SendAsync).Needs(Permission.SendCommands).Takes("expectedRevision")
            .WithName("SendCommand").WithTags("actors").WithSummary("Sends a command; answered when durable.")
            .Accepts<object>("application/json").Produces<CommandResult>();

    private static async Task<IResult> SendAsync(
        string actor, string type, HttpContext context, ActorRuntime runtime, HostState state, LiveSettings settings, ILogger<ActorRuntime> log)
    {
        var command = await ReadAsync(actor, type, context.Request, context.Caller(), (int)settings.Now.Integer("limits.body"));
        using var scope = log.BeginScope(new CommandScope(command.Actor.ToString(), command.Correlation));
        var reply = await CommandAnswers.SendAsync(runtime, state, command, context.RequestAborted);
        CommandAnswers.Write(log, command, reply);
        return CommandAnswers.ToResult(command, reply, context.Response);
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
            Correlation = Header(request, "Loom-Correlation"),
            Causation = Header(request, "Loom-Causation"),
            Traceparent = Activity.Current?.Id ?? Header(request, "traceparent"),
            ExpectedRevision = ExpectedOf(request),
        };
    }

    private static CommandId CommandIdOf(HttpRequest request)
    {
        var given = Header(request, "Idempotency-Key");
        return given is null ? CommandId.Parse(Guid.CreateVersion7().ToString("D"))
            : CommandId.TryParse(given, out var id) ? id
            : throw Refuse("Idempotency-Key is the command's id: 1 to 128 printable ASCII characters without spaces.");
    }

    private static string PrincipalOf(HttpRequest request, Caller caller)
    {
        var given = Header(request, "Loom-Principal");
        return given is null || given == caller.Principal ? caller.Principal
            : caller.May(Permission.Impersonate) ? given
            : throw new RefusedException(new Refusal(403, "forbidden", $"{caller.Principal} may not send commands in the name of others; that takes the role host."));
    }

    private static IReadOnlyList<string> RolesOf(HttpRequest request, Caller caller)
    {
        if (Single(request, "Loom-Roles") is not { } given)
        {
            return caller.ApplicationRoles ?? [];
        }

        var roles = given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return caller.RefuseRoles(roles) is { } refusal ? throw new RefusedException(new Refusal(403, "forbidden", refusal)) : roles;
    }

    private static long? ExpectedOf(HttpRequest request)
    {
        var given = request.Query.TryGetValue("expectedRevision", out var query) ? query.ToString() : Single(request, "If-Match")?.Trim('"');
        return given is null ? null
            : long.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var revision) ? revision
            : throw Refuse($"'{(given.Length > 40 ? given[..40] : given)}' is no revision. Send If-Match: \"12\", or expectedRevision=-1 for an actor that is not born yet.");
    }

    private static string? Header(HttpRequest request, string name) => Single(request, name) is { Length: > 0 } value ? value : null;

    // Of two values neither can be taken: a proxy, or an attacker before one, may have added the other.
    private static string? Single(HttpRequest request, string name) => request.Headers[name] switch
    {
        { Count: 0 } => null,
        { Count: 1 } value => value.ToString(),
        _ => throw Refuse($"The header {name} is there more than once; send it once."),
    };

    private static async Task<ReadOnlyMemory<byte>> BodyOf(HttpRequest request, int limit)
    {
        // A little more than is taken may arrive: a caller that is cut off while it sends never reads why.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit + Slack;
        }

        if (request.ContentLength > limit)
        {
            throw TooLarge($"{request.ContentLength}");
        }

        if (request.ContentLength is > 0 and <= AtOnce)
        {
            var whole = new byte[request.ContentLength.Value];
            await request.Body.ReadExactlyAsync(whole, request.HttpContext.RequestAborted);
            return whole;
        }

        // What the caller announces is not reserved before it arrives.
        using var body = new MemoryStream(AtOnce);
        var buffer = new byte[4096];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > limit)
            {
                throw TooLarge($"more than {limit}");
            }
        }

        return body.Length == 0 ? "{}"u8.ToArray() : body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static RefusedException TooLarge(string bytes) =>
        new(new Refusal(413, "too-large", $"The body has {bytes} bytes; a command has at most {TransitionWriter.MaxInlineCommand}, and this host reads no more than limits.body."));

    private static RefusedException Refuse(string detail) => new(Refusal.Invalid(detail));
}
