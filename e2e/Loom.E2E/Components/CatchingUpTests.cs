using Loom.Testing;
using Loom.Web.Data;
using Loom.Web.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.HtmlRendering.Infrastructure;
using Microsoft.AspNetCore.Components.Web.HtmlRendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.E2E.Components;

/// <summary>A page that shows what is behind the journal does not stay behind.</summary>
public sealed class CatchingUpTests
{
    [Fact]
    public async Task A_list_from_a_directory_that_is_behind_is_read_again_until_it_is_not()
    {
        var (time, directory) = (new ManualTime(), new Behind([2, 1, 0]));
        await using var services = new ServiceCollection()
            .AddLogging().AddSingleton<TimeProvider>(time).AddSingleton<IActors>(directory).AddSingleton<NavigationManager>(new Nowhere()).BuildServiceProvider();
        await using var browser = new Connected(services);
        var page = await browser.Dispatcher.InvokeAsync(() => browser.BeginRenderingComponent(typeof(Actors), ParameterView.Empty));
        await page.QuiescenceTask;
        Assert.Contains("the directory is 2 events behind", await HtmlAsync(), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("the directory is 1 event behind", await HtmlAsync(), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.DoesNotContain("behind", await HtmlAsync(), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        await HtmlAsync();
        Assert.Equal(3, directory.Asked);

        Task<string> HtmlAsync() => browser.Dispatcher.InvokeAsync(() => page.ToHtmlString());
    }

    // Drawn as for a browser that is connected, not once and for all.
    private sealed class Connected(IServiceProvider services) : StaticHtmlRenderer(services, NullLoggerFactory.Instance)
    {
        protected override RendererInfo RendererInfo { get; } = new("Server", isInteractive: true);
    }

    private sealed class Behind(long[] lags) : IActors
    {
        public int Asked { get; private set; }

        public Task<ActorPage> FindAsync(ActorQuery query, CancellationToken cancellationToken) => Task.FromResult(new ActorPage([], 0, lags[Asked++]));

        public Task<IReadOnlyList<ActorTypeSummary>> TypesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ActorTypeSummary>>([]);
    }

    private sealed class Nowhere : NavigationManager
    {
        public Nowhere() => Initialize("http://localhost/", "http://localhost/actors");
    }
}
