using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>Dark and light follow the system until somebody chooses; a choice stays.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Operator_works_at_night(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task The_console_follows_the_system_and_remembers_a_choice()
    {
        var page = await console.OpenAsync("/", ColorScheme.Dark);
        Assert.True(await BrightnessAsync(page) < 0.2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch between dark and light" }).ClickAsync();
        Assert.True(await BrightnessAsync(page) > 0.8);
        await page.ReloadAsync();
        await Console.ReadyAsync(page);
        Assert.True(await BrightnessAsync(page) > 0.8);
        await page.Keyboard.PressAsync("t");
        Assert.True(await BrightnessAsync(page) < 0.2);
        await Expect(page.GetByRole(AriaRole.Note, new() { Name = "Environment" })).ToContainTextAsync("Test");
    }

    private static Task<double> BrightnessAsync(IPage page) => page.EvaluateAsync<double>(
        "() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number); return (r + g + b) / 765; }");
}
