using Loom.EventStoreDb;
using Loom.Hosting.Access;
using Loom.Hosting.Access.Tokens;
using Loom.Hosting.Configuration;

namespace Loom.Hosting.EventStore;

/// <summary>
/// Who asks at EventStoreDB's port: the holder of one of this host's tokens, as bearer or as the password of any user. Without login it is
/// whoever sits at this machine, who writes to actor streams only through a program that says it is a host: so that no client does by mistake.
/// </summary>
internal sealed class StreamCallers(LiveSettings settings, TokenStore tokens, LongConnections connections)
{
    private static readonly object Key = new();

    /// <summary>Is the request meant for this host, and for how long does its token last: the first thing that it meets.</summary>
    public Task GateAsync(HttpContext context, RequestDelegate next)
    {
        if (Origins.Refuse(context.Request, settings.Now.RequiresToken) is { } foreign)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync(foreign);
        }

        var (caller, token) = Find(context);
        context.Items[Key] = caller;
        return token is null ? next(context) : connections.HoldAsync(context, token.Id, next);
    }

    /// <summary>The caller that the gate found; null when the credentials are wrong.</summary>
    public static ValueTask<EventStoreCaller?> OfAsync(HttpContext context) => new(context.Items[Key] as EventStoreCaller);

    private (EventStoreCaller? Caller, StoredToken? Token) Find(HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0)
        {
            return (settings.Now.RequiresToken ? EventStoreCaller.Anonymous
                : context.Request.Headers.ContainsKey(EventStoreCaller.HostHeader) ? EventStoreCaller.Host(Caller.Loopback.Principal)
                : EventStoreCaller.User(Caller.Loopback.Principal) with { CanOperate = Caller.Loopback.May(Permission.Administer) }, null);
        }

        return tokens.Find(Secret(context.Request)) is { } token ? (Of(token), token) : default;
    }

    private static string? Secret(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : BasicCredentials.From(request)?.Password;
    }

    private static EventStoreCaller Of(StoredToken token)
    {
        var caller = new Caller(token.Name, token.Roles, token.ApplicationRoles, ByToken: true);
        return new EventStoreCaller(token.Name, IsAuthenticated: true, IsHost: token.Roles.Contains(AccessTable.HostRole))
        {
            CanRead = caller.May(Permission.ReadActors) && caller.May(Permission.ReadTail),
            CanAppend = caller.May(Permission.SendCommands),
            CanAdminister = caller.May(Permission.Administer),
            CanOperate = caller.May(Permission.Administer),
        };
    }
}
