using System.Security.Claims;
using Loom.Hosting.Access.Tokens;
using Loom.Hosting.Configuration;
using Loom.Hosting.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Loom.Hosting.Access;

/// <summary>What a route asks of its caller. The API's routes each say so (one that forgets is refused to everybody); what does not is the console.</summary>
internal sealed record Requires(Permission Permission);

/// <summary>A route for everybody: health, the log-in form and its assets.</summary>
internal sealed record Open
{
    public static Open Instance { get; } = new();
}

/// <summary>The first thing a request meets: is it meant for this host, who asks, may they.</summary>
internal sealed class Gate(RequestDelegate next, LiveSettings settings, TokenStore tokens, LongConnections connections)
{
    /// <summary>Where a browser keeps its token after logging in.</summary>
    public const string Cookie = "loom-token";

    private static readonly ClaimsPrincipal LoopbackUser = Caller.Loopback.ToUser();

    public Task InvokeAsync(HttpContext context)
    {
        if (Origins.Refuse(context.Request, settings.Now.RequiresToken) is { } foreign)
        {
            return ProblemWriter.WriteAsync(context, 403, "forbidden", foreign);
        }

        var (caller, token) = Authenticate(context);
        if (caller is not null)
        {
            context.User = ReferenceEquals(caller, Caller.Loopback) ? LoopbackUser : caller.ToUser();
            context.Features.Set(caller);
        }

        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<Open>() is not null)
        {
            return next(context);
        }

        // No route, or one of another method or content type: said to be so, but not before the caller is known, so that nobody maps the API from outside.
        if (caller is null || endpoint is not RouteEndpoint)
        {
            return caller is null ? Unauthenticated(context) : next(context);
        }

        var permission = endpoint.Metadata.GetMetadata<Requires>()?.Permission
            ?? (context.Request.Path.StartsWithSegments("/api") ? null : Permission.Console);
        if (permission is { } p && caller.May(p))
        {
            return token is not null && IsLasting(context, endpoint) ? connections.HoldAsync(context, token.Id, next) : next(context);
        }

        return ProblemWriter.WriteAsync(
            context, 403, "forbidden",
            permission is null
                ? "Nobody may use this route."
                : $"{caller.Principal} ({string.Join(", ", caller.Roles)}) may not do this; it takes one of the roles {string.Join(", ", AccessTable.Having(permission.Value))}.");
    }

    // The console's socket, or a route that says so.
    private static bool IsLasting(HttpContext context, Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<Lasting>() is not null || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    private (Caller? Caller, StoredToken? Token) Authenticate(HttpContext context)
    {
        var secret = Bearer(context.Request);
        if (secret is null && !settings.Now.RequiresToken)
        {
            return (Caller.Loopback, null);
        }

        return tokens.Find(secret) is { } token ? (new Caller(token.Name, token.Roles, token.ApplicationRoles, ByToken: true), token) : default;
    }

    private static string? Bearer(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim()
            : header.Length > 0 ? ""
            : request.Cookies[Cookie];
    }

    private static Task Unauthenticated(HttpContext context)
    {
        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) && HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Redirect("/login?to=" + Uri.EscapeDataString(context.Request.Path + context.Request.QueryString));
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"loom\"";
        return ProblemWriter.WriteAsync(
            context, 401, "unauthenticated", "This host wants a token: send it as Authorization: Bearer TOKEN. `loom token create` makes one; a token may also be expired or revoked.");
    }
}
