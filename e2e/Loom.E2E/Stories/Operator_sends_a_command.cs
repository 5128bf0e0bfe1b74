using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>An operator sends a command through the form made from its schema, and others see what happened.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Operator_sends_a_command(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task A_command_sent_through_the_form_appears_live_and_a_refusal_is_explained()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 1);
        var live = await console.OpenAsync("/live");
        await live.GetByRole(AriaRole.Searchbox, new() { Name = "Show only" }).FillAsync(actor);

        var page = await console.OpenAsync($"/actors/{actor}");
        await page.Keyboard.PressAsync("s");
        await page.GetByLabel("Command", new() { Exact = true }).SelectOptionAsync("withdraw");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "amount" }).FillAsync("1");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "reference" }).FillAsync("from the console");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Accepted and durable")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Transition 2", Exact = true })).ToContainTextAsync("from the console");
        await Console.PictureAsync(page, "actor-send");
        await Expect(live.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "from the console" }).First).ToBeVisibleAsync();
        await Console.PictureAsync(live, "live");

        await page.GetByRole(AriaRole.Textbox, new() { Name = "amount" }).FillAsync("999999");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Refused: overdrawn")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Transition 2", Exact = true })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Textbox, new() { Name = "amount" }).FillAsync("12.50");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.GetByText("This does not fit. Whole cents.")).ToBeVisibleAsync();

        await live.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(live.GetByRole(AriaRole.Button, new() { Name = "Go on" })).ToBeVisibleAsync(); // the click has arrived
        await console.Api.SendAsync(actor, "deposit", new { amount = "7", reference = "while paused" });
        await Expect(live.GetByText("paused, 1 event waiting")).ToBeVisibleAsync();
        await Expect(live.GetByText("while paused")).ToBeHiddenAsync();
        await live.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(live.GetByText("while paused").First).ToBeVisibleAsync();
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task A_step_is_refused_without_its_role_and_taken_with_it_on_an_actor_that_is_born_here()
    {
        var page = await console.OpenAsync("/actors");
        var id = "e2e" + Guid.NewGuid().ToString("N")[..8];
        await page.GetByRole(AriaRole.Button, new() { Name = "New actor" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "New actor" });
        await dialog.GetByLabel("Type").SelectOptionAsync("declaration");
        await dialog.GetByLabel("ID").FillAsync(id);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Open its page" }).ClickAsync();
        await Expect(page.GetByText("This actor does not exist.")).ToBeVisibleAsync();

        var send = page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true });
        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "fourEyes" })).ToBeCheckedAsync();
        await page.GetByLabel("description").FillAsync("a trip to the fair");
        await page.GetByLabel("Roles to act with").FillAsync("employee");
        await send.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Transition 0", Exact = true })).ToBeVisibleAsync();

        await page.GetByLabel("Command", new() { Exact = true }).SelectOptionAsync("approve-declaration");
        await page.GetByLabel("as", new() { Exact = true }).SelectOptionAsync("supervisor");
        await page.GetByLabel("Roles to act with").FillAsync("");
        await send.ClickAsync();
        await Expect(page.GetByText("Refused: role-missing")).ToBeVisibleAsync();

        await page.GetByLabel("Command", new() { Exact = true }).SelectOptionAsync("submit-declaration");
        await page.GetByLabel("amount").FillAsync("4200");
        await page.GetByLabel("Roles to act with").FillAsync("employee");
        await send.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Transition 1", Exact = true })).ToContainTextAsync("as employee");
    }
}
