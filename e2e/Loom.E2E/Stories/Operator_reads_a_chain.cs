using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>An operator looks an actor up and reads where its state comes from.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Operator_reads_a_chain(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task An_operator_finds_an_actor_and_reads_its_chain()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 5);
        await console.Api.FlushLogAsync();
        var link = (await console.Api.GetAsync($"/api/actors/{actor}")).GetProperty("link").GetString()!;

        var page = await console.OpenAsync("/actors");
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search by name" }).FillAsync(actor[8..]);
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"q={actor[8..]}$"));
        await page.GetByRole(AriaRole.Link, new() { Name = actor, Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = actor, Level = 1 })).ToBeVisibleAsync();

        var chain = page.GetByRole(AriaRole.Group, new() { Name = "Chain of transitions" });
        await Expect(chain.GetByRole(AriaRole.Link)).ToHaveCountAsync(6);
        await Expect(page.GetByText(link, new() { Exact = true })).ToBeVisibleAsync();
        await Console.PictureAsync(page, "actor-chain");

        await chain.GetByRole(AriaRole.Link, new() { Name = "Transition 2:" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"\?n=2$"));
        var transition = page.GetByRole(AriaRole.Region, new() { Name = "Transition 2", Exact = true });
        await Expect(transition).ToContainTextAsync("deposit");
        await Expect(transition).ToContainTextAsync("payment 2");
        foreach (var fact in (string[])["fence", "checkpoint", "prev", "state before", "state after"])
        {
            await Expect(transition.GetByRole(AriaRole.Term).Filter(new() { HasText = fact }).First).ToBeVisibleAsync();
        }

        await Expect(transition.GetByRole(AriaRole.Link, new() { Name = "size" })).ToBeVisibleAsync();
    }
}
