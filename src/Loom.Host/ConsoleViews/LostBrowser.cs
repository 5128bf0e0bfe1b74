using Microsoft.AspNetCore.Diagnostics;

namespace Loom.Hosting.ConsoleViews;

/// <summary>Shows a person with a browser the console's page where a program gets a problem: at an address that leads nowhere.</summary>
internal sealed class LostBrowser(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        var (request, response) = (context.Request, context.Response);
        if (response is not { StatusCode: 404, HasStarted: false, ContentType: null } || !HttpMethods.IsGet(request.Method)
            || request.Path.StartsWithSegments("/api") || !request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var asked = request.Path;
        try
        {
            // Without this mark, a page that finds the answer to be 404 already draws nothing.
            context.Features.Set<IStatusCodeReExecuteFeature>(new StatusCodeReExecuteFeature { OriginalPathBase = request.PathBase, OriginalPath = asked });
            context.SetEndpoint(null);
            request.RouteValues.Clear();
            request.Path = "/not-found";
            await next(context);
        }
        finally
        {
            request.Path = asked;
        }
    }
}
