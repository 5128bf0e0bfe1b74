using System.Net;
using Loom.Hosting.Access.Tokens;
using Loom.Hosting.Api;
using Microsoft.AspNetCore.Http.Features;

namespace Loom.Hosting.Access;

/// <summary>How a browser brings its token: a form, and a cookie that scripts cannot read and other sites cannot send.</summary>
internal static class LoginRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", (string? to) => Page(to, wrong: false)).WithMetadata(Open.Instance).ExcludeFromDescription();
        routes.MapPost("/login", LogInAsync).WithMetadata(Open.Instance).ExcludeFromDescription().DisableAntiforgery();
        routes.MapPost("/logout", (HttpContext context) =>
        {
            context.Response.Cookies.Delete(Gate.Cookie);
            return Results.Redirect("/login");
        }).WithMetadata(Open.Instance).ExcludeFromDescription().DisableAntiforgery();
    }

    private static async Task<IResult> LogInAsync(HttpContext context, TokenStore tokens)
    {
        if (!context.Request.HasFormContentType)
        {
            return Page(null, wrong: true);
        }

        var form = await Answer.FormAsync(context.Request, new FormOptions { ValueCountLimit = 8, ValueLengthLimit = 4096, MultipartBodyLengthLimit = 16 * 1024 });
        var (secret, to) = (form["token"].ToString().Trim(), form["to"].ToString());
        if (tokens.Find(secret) is not { } token)
        {
            return Page(to, wrong: true);
        }

        context.Response.Cookies.Append(
            Gate.Cookie, secret,
            new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = IsSecure(context.Request), Path = "/", Expires = token.Expires });
        return Results.LocalRedirect(Local(to));
    }

    // Behind a proxy that speaks https the request itself is plain; the browser says from what page it comes.
    private static bool IsSecure(HttpRequest request) => request.IsHttps || request.Headers.Origin.ToString().StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    // Only a path of this host, or somebody's link could lead a fresh log-in elsewhere.
    private static string Local(string? to) => to is { Length: > 0 } && to[0] == '/' && !to.StartsWith("//", StringComparison.Ordinal) && !to.Contains('\\', StringComparison.Ordinal) ? to : "/";

    private static IResult Page(string? to, bool wrong) => Results.Content(
        $$"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Log in · Loom</title>
        <style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0}
        form{display:grid;gap:.75rem;width:min(24rem,90vw)}input,button{font:inherit;padding:.5rem}[role=alert]{color:#c22}</style></head>
        <body><form method="post" action="/login"><h1>Loom</h1>
        {{(wrong ? "<p role=\"alert\">This token is unknown, expired or revoked.</p>" : "")}}
        <label for="token">Your token</label><input id="token" name="token" type="password" autocomplete="off" required autofocus>
        <input type="hidden" name="to" value="{{WebUtility.HtmlEncode(Local(to))}}"><button>Log in</button>
        <p>An operator makes one with <code>loom token create</code>.</p></form></body></html>
        """,
        "text/html; charset=utf-8", statusCode: wrong ? 401 : 200);
}
