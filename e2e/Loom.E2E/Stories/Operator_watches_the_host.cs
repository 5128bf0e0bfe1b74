using System.Globalization;
using System.Text.RegularExpressions;
using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>An operator looks around: how the host does, which actors there are, what the journal and the log hold.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Operator_watches_the_host(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task The_overview_shows_rates_health_and_what_changed_last()
    {
        var page = await console.OpenAsync("/");
        var actor = await Accounts.WithDepositsAsync(console.Api, 2);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Changed last" })).ToContainTextAsync(actor);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Commands per second" })).ToContainTextAsync(new Regex("accepted[1-9]"));
        foreach (var check in (string[])["journal", "writes", "log"])
        {
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Health" })).ToContainTextAsync("✓" + check);
        }

        await page.GetByRole(AriaRole.Region, new() { Name = "Actor types" }).GetByRole(AriaRole.Link, new() { Name = "declaration" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("type=declaration$"));
        foreach (var address in (string[])["/", "/actors", $"/actors/{actor}", "/live", "/verify", "/journal", "/log"])
        {
            await Console.GoAsync(page, address);
            await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Projections" })).ToContainTextAsync(new Regex("actors (up to date|.* behind)"));
        }
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task Many_actors_are_searched_filtered_and_paged()
    {
        await console.StartAsync();
        var batch = "page" + Guid.NewGuid().ToString("N")[..8];
        await Parallel.ForAsync(0, 60, async (i, _) => await console.Api.SendAsync(string.Create(CultureInfo.InvariantCulture, $"account-{batch}-{i:00}"), "open", new { owner = "Ada" }));
        await console.Api.SendAsync($"account-{batch}-30", "close", new { });

        var page = await console.OpenAsync($"/actors?q={batch}&order=name");
        var pager = page.GetByRole(AriaRole.Navigation, new() { Name = "Pages", Exact = true });
        var grid = page.GetByRole(AriaRole.Grid);
        await Expect(pager).ToContainTextAsync("1–50 of 60");
        await Expect(grid.GetByRole(AriaRole.Link).First).ToHaveTextAsync($"account-{batch}-00");
        await page.Keyboard.PressAsync("]");
        await Expect(pager).ToContainTextAsync("51–60 of 60");
        await Expect(grid.GetByRole(AriaRole.Link).Last).ToHaveTextAsync($"account-{batch}-59");

        await page.GetByRole(AriaRole.Combobox, new() { Name = "State" }).SelectOptionAsync("closed");
        await Expect(pager).ToContainTextAsync("1–1 of 1");
        await Expect(grid.GetByRole(AriaRole.Link)).ToHaveTextAsync([$"account-{batch}-30"]);
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search by name" }).FillAsync(batch + "-99");
        await Expect(page.GetByText("No actor matches.")).ToBeVisibleAsync();
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task The_journal_is_read_backwards_and_leads_to_the_actor()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 60);
        var page = await console.OpenAsync("/journal");
        await Expect(page.GetByText("takes writes")).ToBeVisibleAsync();
        var prefix = page.GetByRole(AriaRole.Searchbox, new() { Name = "Streams that begin with" });
        await prefix.FillAsync(actor);
        await prefix.PressAsync("Enter");
        var rows = page.GetByRole(AriaRole.Grid).GetByRole(AriaRole.Link);
        await Expect(rows).ToHaveTextAsync([.. Enumerable.Repeat(actor, 50)]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(11);
        await rows.Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Transition 0", Exact = true })).ToBeVisibleAsync();
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task The_log_shows_its_key_and_its_signed_checkpoints()
    {
        await console.StartAsync();
        await Accounts.WithDepositsAsync(console.Api, 1);
        await console.Api.FlushLogAsync();
        var log = await console.Api.GetAsync("/api/log");
        var page = await console.OpenAsync("/log");
        await Expect(page.GetByText("no findings")).ToBeVisibleAsync();
        await Expect(page.GetByText("in use")).ToBeVisibleAsync();
        await page.Locator("details summary").First.ClickAsync();
        await Expect(page.Locator("details[open] pre")).ToContainTextAsync(log.GetProperty("origin").GetString()!);
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task An_empty_production_host_says_what_it_is_and_what_to_do_first()
    {
        await using var host = new HostProcess("--environment", "production");
        await host.StartAsync();
        var page = await console.OpenAsync("/", host: host);
        await Expect(page.GetByRole(AriaRole.Note, new() { Name = "Environment" })).ToContainTextAsync("Production");
        await Expect(page.GetByText("No actor yet.")).ToBeVisibleAsync();
        await Console.PictureAsync(page, "overview-production-empty");
        foreach (var (address, empty) in new[] { ("/actors", "No actor yet."), ("/live", "Quiet.") })
        {
            await Console.GoAsync(page, address);
            await Expect(page.GetByText(empty)).ToBeVisibleAsync();
        }
    }
}
