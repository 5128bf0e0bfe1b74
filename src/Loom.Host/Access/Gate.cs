using Loom.Hosting.Access.Tokens;
using Loom.Hosting.Configuration;
using Loom.Hosting.Problems;

namespace Loom.Hosting.Access;

/// <summary>What a route asks of its caller. The API's routes each say so (one that forgets is refused to everybody); what does not is the console.</summary>
internal sealed record Requires(Permission Permission);

/// <summary>A route for everybody: health, the log-in form and its assets.</summary>
internal sealed record Open
{
    public static Open Instance { get; } = new();
}

/// <summary>The first thing a request meets: is it meant for this host, who asks, may they.</summary>
internal sealed class Gate(RequestDelegate next, LiveSettings settings, TokenStore tokens)
{
    /// <summary>Where a browser keeps its token after logging in.</summary>
    public const string Cookie = "loom-token";

    public Task InvokeAsync(HttpContext context)
    {
        if (Foreign(context.Request) is { } foreign)
        {
            return ProblemWriter.WriteAsync(context, 403, "forbidden", foreign);
        }

        var caller = Authenticate(context);
        if (caller is not null)
        {
            context.User = caller.ToUser();
            context.Features.Set(caller);
        }

        var endpoint = context.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<Open>() is not null)
        {
            // No route: 404, but not before the caller is known, so that nobody maps the API from outside.
            return endpoint is null && caller is null ? Unauthenticated(context) : next(context);
        }

        if (caller is null)
        {
            return Unauthenticated(context);
        }

        var permission = endpoint.Metadata.GetMetadata<Requires>()?.Permission
            ?? (context.Request.Path.StartsWithSegments("/api") ? null : Permission.Console);
        if (permission is { } p && caller.May(p))
        {
            return next(context);
        }

        return ProblemWriter.WriteAsync(
            context, 403, "forbidden",
            permission is null
                ? "Nobody may use this route."
                : $"{caller.Principal} ({string.Join(", ", caller.Roles)}) may not do this; it takes one of the roles {string.Join(", ", AccessTable.Having(permission.Value))}.");
    }

    private Caller? Authenticate(HttpContext context)
    {
        var secret = Bearer(context.Request);
        if (secret is null && !settings.Now.RequiresToken)
        {
            return Caller.Loopback;
        }

        return tokens.Find(secret) is { } token ? new Caller(token.Name, token.Roles, token.ApplicationRoles, ByToken: true) : null;
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

    /// <summary>
    /// Without login a web page anywhere could have a browser on this machine send requests here, directly or by pointing a name of its
    /// own at 127.0.0.1; so the name asked for must be a loopback one. A page of another origin is refused in both modes.
    /// </summary>
    private string? Foreign(HttpRequest request)
    {
        if (!settings.Now.RequiresToken && !Listening.IsLoopbackName(request.Host.Host))
        {
            return $"The Host header names '{request.Host.Host}', which is not this machine. Use 127.0.0.1 or localhost, or set auth.mode to token.";
        }

        if (request.Headers.Origin is [{ Length: > 0 } origin] && origin != $"{request.Scheme}://{request.Host}")
        {
            return $"A page of {(origin.Length > 100 ? origin[..100] : origin)} may not use this host.";
        }

        return request.Headers["Sec-Fetch-Site"] is ["cross-site"] && !HttpMethods.IsGet(request.Method)
            ? "A page of another site may not use this host."
            : null;
    }
}
