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
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 3);
        var page = await console.OpenAsync($"/actors/{actor}?n=1");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Transition 1", Exact = true })).ToBeVisibleAsync();

        await console.Host.KillAsync();
        await Expect(page.GetByText("The host is not answering.")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Console.PictureAsync(page, "host-gone");
        await console.Host.StartAsync();
        await Expect(page.GetByText("The host is not answering.")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await Console.ReadyAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next transition" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Transition 2", Exact = true })).ToBeVisibleAsync();
    }
}
