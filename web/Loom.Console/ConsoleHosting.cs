using Loom.Web.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;

namespace Loom.Web;

/// <summary>How a host takes the console in: the host also registers an implementation of each interface in <see cref="Loom.Web.Data"/>.</summary>
public static class ConsoleHosting
{
    /// <summary>Services of the console.</summary>
    public static IServiceCollection AddLoomConsole(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddCascadingAuthenticationState();
        services.TryAddSingleton(TimeProvider.System);
        return services;
    }

    /// <summary>The console's pages and assets. Needs antiforgery in the pipeline, and static web assets switched on in the host's builder.</summary>
    public static RazorComponentsEndpointConventionBuilder MapLoomConsole(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapStaticAssets();
        return endpoints.MapRazorComponents<Root>().AddInteractiveServerRenderMode();
    }
}
