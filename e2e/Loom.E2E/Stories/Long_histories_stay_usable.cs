using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>An actor with ten thousand transitions: only what is in view is in the page, and any place is one step away.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Long_histories_stay_usable(Console console, ITestOutputHelper output)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task Ten_thousand_transitions_are_a_page_like_any_other()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, Tier.Count(ci: 1_200, @long: 9_999));
        var last = (await console.Api.GetAsync($"/api/actors/{actor}")).GetProperty("transitions").GetInt64() - 1;
        var page = await console.OpenAsync("/");
        output.WriteLine($"[console] overview, warm: {await PaintAsync(page)}");
        await Console.GoAsync(page, $"/actors/{actor}");
        output.WriteLine($"[console] actor of {last + 1} transitions: {await PaintAsync(page)}");
        var rows = page.GetByRole(AriaRole.Group, new() { Name = "Transitions", Exact = true }).GetByRole(AriaRole.Link);
        await Expect(rows.First).ToBeVisibleAsync();
        await Expect(rows.Nth(4)).ToBeAttachedAsync();
        Assert.InRange(await rows.CountAsync(), 5, 100);

        var number = page.GetByRole(AriaRole.Spinbutton, new() { Name = "Transition number" });
        await number.FillAsync("1000");
        await number.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Transition 1\u202f000", Exact = true })).ToBeVisibleAsync();
        await Expect(page.Locator("#timeline a[aria-current=true]")).ToBeInViewportAsync();
        await Expect(rows.Nth(4)).ToBeAttachedAsync();
        Assert.InRange(await rows.CountAsync(), 5, 100);
        await Console.PictureAsync(page, "long-history");

        var clock = System.Diagnostics.Stopwatch.StartNew();
        await page.GetByRole(AriaRole.Button, new() { Name = "Previous transition" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Transition 999", Exact = true })).ToBeVisibleAsync();
        output.WriteLine($"[console] one step back in it: {clock.ElapsedMilliseconds} ms");
        await page.GetByRole(AriaRole.Button, new() { Name = "Back to now" }).ClickAsync();
        await Expect(number).ToHaveValueAsync(last.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    // Loaded a second time, with the browser's cache warm. Printed and not asserted: a busy machine is no bug.
    private static async Task<string> PaintAsync(IPage page)
    {
        await page.ReloadAsync();
        await Console.ReadyAsync(page);
        return await page.EvaluateAsync<string>(
            "() => { const paint = performance.getEntriesByName('first-contentful-paint')[0]; const load = performance.getEntriesByType('navigation')[0];"
            + " return `first byte ${Math.round(load.responseStart)} ms, first paint ${Math.round(paint?.startTime ?? NaN)} ms, connected ${Math.round(performance.now())} ms`; }");
    }
}
