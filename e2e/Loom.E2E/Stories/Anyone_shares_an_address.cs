using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>An address is the state of a page: whoever gets it sees the same.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Anyone_shares_an_address(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task A_filtered_list_and_a_moment_of_an_actor_open_from_their_address_and_back_works()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 4);
        var page = await console.OpenAsync("/actors");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Actor type" }).SelectOptionAsync("account");
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search by name" }).FillAsync(actor[8..]);
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"q={actor[8..]}.*type=account|type=account.*q={actor[8..]}"));

        var other = await console.OpenAsync(page.Url);
        await Expect(other.GetByRole(AriaRole.Searchbox, new() { Name = "Search by name" })).ToHaveValueAsync(actor[8..]);
        await Expect(other.GetByRole(AriaRole.Link, new() { Name = actor, Exact = true })).ToBeVisibleAsync();

        await Console.GoAsync(other, $"/actors/{actor}?n=3");
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Transition 3", Exact = true })).ToBeVisibleAsync();
        await Console.GoAsync(other, $"/actors/{actor}?revision=2");
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Transition 2", Exact = true })).ToBeVisibleAsync();
        await other.GoBackAsync();
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Transition 3", Exact = true })).ToBeVisibleAsync();
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task Filters_changed_faster_than_the_address_follows_all_hold()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 1);
        var page = await console.OpenAsync("/actors");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = actor, Exact = true })).ToBeVisibleAsync();

        // Both changes happen before the server can answer the first.
        await page.EvaluateAsync(
            """
            text => {
                const change = (selector, value, event) => {
                    const element = document.querySelector(selector);
                    element.value = value;
                    element.dispatchEvent(new Event(event, { bubbles: true }));
                };
                change('select[aria-label="Actor type"]', 'account', 'change');
                change('input[aria-label="Search by name"]', text, 'input');
                change('select[aria-label="Order"]', 'name', 'change');
            }
            """,
            actor[8..]);
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"(?=.*q={actor[8..]})(?=.*type=account)(?=.*order=name)"));
        await Expect(page.GetByRole(AriaRole.Searchbox, new() { Name = "Search by name" })).ToHaveValueAsync(actor[8..]);
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Actor type" })).ToHaveValueAsync("account");
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task An_actor_or_a_page_that_does_not_exist_says_so()
    {
        var page = await console.OpenAsync("/actors/account-nobody-has-this");
        await Expect(page.GetByText("This actor does not exist.")).ToBeVisibleAsync();
        await Console.GoAsync(page, "/nothing/here");
        await Expect(page.GetByText("This address leads to no page.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "overview", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Level = 1 })).ToBeVisibleAsync();
    }
}
