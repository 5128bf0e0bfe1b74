using System.Text.Json.Nodes;
using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>What the slider shows is what a replay over HTTP gives.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Time_travel_equals_replay(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task The_state_at_every_place_of_the_slider_equals_the_replay_to_there()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 6);
        var transitions = (await console.Api.GetAsync($"/api/actors/{actor}/transitions?count=50")).GetProperty("transitions");
        var page = await console.OpenAsync($"/actors/{actor}?n=0");
        await page.GetByRole(AriaRole.Button, new() { Name = "JSON", Exact = true }).ClickAsync();
        var slider = page.GetByRole(AriaRole.Slider, new() { Name = "Transition" });
        await slider.FocusAsync();
        for (var n = 0; n < 7; n++)
        {
            await Expect(page.Locator($"[data-number='{n}']")).ToBeVisibleAsync();
            var shown = JsonNode.Parse(await page.Locator($"[data-number='{n}'] [data-state=json]").InnerTextAsync());
            var revision = transitions[n].GetProperty("lastRevision").GetInt64();
            var replayed = JsonNode.Parse((await console.Api.GetAsync($"/api/actors/{actor}/replay?to={revision}")).GetProperty("state").GetRawText());
            Assert.True(JsonNode.DeepEquals(replayed, shown), $"at transition {n} the console shows {shown}, replay gives {replayed}");
            await slider.PressAsync("ArrowRight");
        }

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Time travel" })).ToContainTextAsync("now");
    }
}
