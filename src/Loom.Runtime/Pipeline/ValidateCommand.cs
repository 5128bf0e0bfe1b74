using Loom.Core;
using MediatR;

namespace Loom.Runtime;

/// <summary>Refuses what no machine has to look at, and brings body and roles into the form that is hashed.</summary>
/// <param name="types">The machines.</param>
/// <param name="maxCommandBytes">Largest body.</param>
public sealed class ValidateCommand(ActorTypes types, int maxCommandBytes = TransitionWriter.MaxInlineCommand) : IPipelineBehavior<ActorCommand, CommandReply>
{
    private const int MaxText = 256;
    private const int MaxRoles = 64;

    /// <inheritdoc/>
    public Task<CommandReply> Handle(ActorCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<CommandReply> next)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        return (Names(request) ?? Roles(request) ?? Body(request)) is { } refused ? Task.FromResult<CommandReply>(refused) : next();
    }

    private CommandReply.Refused? Names(ActorCommand c)
    {
        if (c.Actor == default || c.Id == default)
        {
            return Invalid("invalid-command", "A command needs an actor and an id.");
        }

        if (!types.TryGet(c.Actor.Type, out _))
        {
            var known = string.Join(", ", types.All.Select(t => t.ActorType));
            return new CommandReply.Refused(RefusalKind.NotFound, "unknown-actor-type", $"This host runs no actor type '{c.Actor.Type}'. It runs: {(known.Length == 0 ? "none" : known)}.");
        }

        if (!IsText(c.Type, 128))
        {
            return Invalid("invalid-command-type", "A command's type is 1 to 128 printable characters.");
        }

        if (!IsText(c.Principal, MaxText))
        {
            return Invalid("invalid-principal", $"A principal is 1 to {MaxText} printable characters.");
        }

        if (!c.FromRuntime && (c.Type.StartsWith("loom.", StringComparison.Ordinal) || c.Type.StartsWith('$')))
        {
            return Invalid("reserved-command-type", $"The command type '{c.Type}' is reserved: names that begin with loom. or $ come from the platform only.");
        }

        if (!c.FromRuntime && (c.Principal.StartsWith("loom:", StringComparison.Ordinal) || c.Principal.StartsWith("actor:", StringComparison.Ordinal)))
        {
            return new CommandReply.Refused(RefusalKind.Forbidden, "reserved-principal", "Principals that begin with loom: or actor: belong to the platform.");
        }

        if (c.ExpectedRevision is < -1)
        {
            return Invalid("invalid-expected-revision", "An expected revision is -1 (not born) or more.");
        }

        return Optional(c.Correlation, "correlation") ?? Optional(c.Causation, "causation") ?? Optional(c.Traceparent, "traceparent");
    }

    private static CommandReply.Refused? Roles(ActorCommand c)
    {
        if (c.Roles.Count == 0)
        {
            return null;
        }

        string[] roles = [.. c.Roles]; // an own copy: the caller's list may change
        if (roles.Length > MaxRoles || !Array.TrueForAll(roles, r => IsText(r, 128)))
        {
            return Invalid("invalid-roles", $"At most {MaxRoles} roles, each of 1 to 128 printable characters.");
        }

        c.SortedRoles = IsSorted(roles) ? roles : [.. roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return null;
    }

    // By code unit, none twice.
    private static bool IsSorted(string[] roles)
    {
        for (var i = 1; i < roles.Length; i++)
        {
            if (string.CompareOrdinal(roles[i - 1], roles[i]) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private CommandReply.Refused? Body(ActorCommand c)
    {
        if (c.Body.Length > maxCommandBytes)
        {
            return TooLarge(c.Body.Length);
        }

        switch (c.ContentType)
        {
            case EventData.Binary:
                c.Canonical = c.Body.ToArray(); // the caller may reuse its buffer
                return null;
            case EventData.Json:
                break;
            default:
                return Invalid("content-type", $"A command's body is {EventData.Json} or {EventData.Binary}, not '{Shorten(c.ContentType)}'.");
        }

        try
        {
            c.Canonical = CanonicalJson.Canonicalize(c.Body);
        }
        catch (FormatException e)
        {
            return Invalid("invalid-json", $"The body of '{c.Type}' cannot be taken: {e.Message}");
        }

        return c.Canonical.Length > maxCommandBytes ? TooLarge(c.Canonical.Length) : null;
    }

    private CommandReply.Refused TooLarge(int length) => new(
        RefusalKind.TooLarge, "command-too-large", $"The command's body has {length} bytes; at most {maxCommandBytes} are taken. Send less, or a reference to the rest.");

    private static CommandReply.Refused Invalid(string code, string message) => new(RefusalKind.Invalid, code, message);

    private static CommandReply.Refused? Optional(string? text, string name) =>
        text is null || IsText(text, MaxText) ? null : Invalid($"invalid-{name}", $"A {name} is 1 to {MaxText} printable characters.");

    // Hashed text must have one form: no control characters, no lone surrogates.
    private static bool IsText(string? text, int max)
    {
        if (text is not { Length: > 0 } || text.Length > max)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c) || char.IsLowSurrogate(c) || (char.IsHighSurrogate(c) && (i + 1 == text.Length || !char.IsLowSurrogate(text[++i]))))
            {
                return false;
            }
        }

        return true;
    }

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
