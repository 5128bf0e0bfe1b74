using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.E2E.Components;

/// <summary>Draws a component to HTML, with the services it asks for.</summary>
internal static class Drawn
{
    /// <summary>The HTML with its entities resolved, for looking for texts.</summary>
    public static async Task<string> HtmlAsync<T>(object parameters, Action<IServiceCollection>? services = null)
        where T : IComponent => System.Net.WebUtility.HtmlDecode(await RawAsync<T>(parameters, services));

    /// <summary>The HTML as a browser gets it.</summary>
    public static async Task<string> RawAsync<T>(object parameters, Action<IServiceCollection>? services = null)
        where T : IComponent
    {
        var collection = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System);
        services?.Invoke(collection);
        await using var provider = collection.BuildServiceProvider();
        await using var renderer = new HtmlRenderer(provider, NullLoggerFactory.Instance);
        var values = parameters.GetType().GetProperties().ToDictionary(p => p.Name, p => p.GetValue(parameters));
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(values))).ToHtmlString());
    }
}
