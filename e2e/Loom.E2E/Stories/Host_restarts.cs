using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>The host dies and comes back; an open page says so, and recovers without a hand.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Host_restarts(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task A_page_says_that_the_host_is_gone_and_recovers_where_it_was()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        using var api = new LoomApi(host.Address);
        var actor = await Accounts.WithDepositsAsync(api, 3);
        var page = await console.OpenAsync($"/actors/{actor}?n=1", host: host);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Transition 1", Exact = true })).ToBeVisibleAsync();

        await host.KillAsync();
        await Expect(page.GetByText("The host is not answering.")).ToBeVisibleAsync();
        await Console.PictureAsync(page, "host-gone");
        await host.StartAsync();
        await Expect(page.GetByText("The host is not answering.")).ToBeHiddenAsync();
        await Console.ReadyAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next transition" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Transition 2", Exact = true })).ToBeVisibleAsync();
    }
}
