using Microsoft.Playwright;

namespace Loom.E2E.Started;

/// <summary>A started host and a browser, shared by the stories; started by the first story that runs (none does where there is no browser).</summary>
public sealed class Console : IAsyncLifetime
{
    public const string Chromium = "/usr/bin/chromium";

    // No story looks at more than two pages at once. An open page of an earlier one would go on living, at everybody's cost.
    private const int MostPages = 2;

    // For machines with much else to do, only against hanging; an expectation that is met costs no time.
    private const int Patience = 180_000;

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly Queue<IBrowserContext> _open = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private LoomApi? _api;

    public HostProcess Host { get; } = new();

    public LoomApi Api => _api ?? throw new InvalidOperationException("OpenAsync first.");

    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Loom.Testing.TestData.Root, "artifacts", "screenshots")).FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A fresh page of its own browser profile, at an address of the console, connected.</summary>
    public async Task<IPage> OpenAsync(string address, ColorScheme scheme = ColorScheme.Light, int width = 1440, HostProcess? host = null)
    {
        await StartAsync();
        while (_open.Count >= MostPages)
        {
            await _open.Dequeue().CloseAsync();
        }

        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = (host ?? Host).Address.ToString(),
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 900 },
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(Patience);
        _open.Enqueue(context);
        var page = await context.NewPageAsync();
        await GoAsync(page, address);
        return page;
    }

    /// <summary>Leads a page to an address and waits until clicks arrive.</summary>
    public static async Task GoAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await ReadyAsync(page);
    }

    /// <summary>Away from a host that is about to end: a page that sees its host go comes back by itself, in the middle of whatever is done next.</summary>
    public static Task LeaveAsync(IPage page) => page.GotoAsync("about:blank");

    public static Task ReadyAsync(IPage page) => page.WaitForSelectorAsync("[data-ready=true]");

    /// <summary>A picture as test output.</summary>
    public static Task PictureAsync(IPage page, string name, bool whole = false) =>
        page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, name + ".png"), FullPage = whole, Animations = ScreenshotAnimations.Disabled });

    /// <summary>The host and the browser, without a page: for stories that set something up first.</summary>
    public async Task StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_browser is not null)
            {
                return;
            }

            Assertions.SetDefaultExpectTimeout(Patience);
            await Host.StartAsync();
            _api = new LoomApi(Host.Address);
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Chromium,
                Timeout = Patience,
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync",
                ],
            });
        }
        finally
        {
            _starting.Release();
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _api?.Dispose();
        await Host.DisposeAsync();
    }
}

/// <summary>Stories run one after the other on one host.</summary>
[CollectionDefinition(Name)]
public sealed class ConsoleStories : ICollectionFixture<Console>
{
    public const string Name = "console";
}
