using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;

namespace Loom.E2E.Stories;

/// <summary>Landmarks, names, contrast and width of every page, in light and dark, wide and narrow; with a picture of each.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Every_page_is_accessible(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task Pages_have_landmarks_names_and_contrast_and_fit_a_phone()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 8);
        await console.Api.FlushLogAsync();
        var module = await console.Api.RegisterAsync("debt-to-income");
        var check = await System.IO.File.ReadAllTextAsync(Path.Combine(TestData.Root, "e2e", "Loom.E2E", "Stories", "accessibility.js"));
        var found = new List<string>();
        foreach (var (look, scheme, width) in new[] { ("light", ColorScheme.Light, 1440), ("dark", ColorScheme.Dark, 1440), ("narrow", ColorScheme.Light, 420) })
        {
            var page = await console.OpenAsync("/", scheme, width);
            foreach (var (name, address) in Pages(actor, module))
            {
                await Console.GoAsync(page, address);
                await Assertions.Expect(page.Locator("main .panel, main .drop").First).ToBeVisibleAsync();
                found.AddRange((await page.EvaluateAsync<string[]>(check)).Select(problem => $"{name}, {look}: {problem}"));
                await Console.PictureAsync(page, $"{name}-{look}", whole: look == "narrow");
            }

            await page.Context.CloseAsync();
        }

        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task The_keyboard_alone_reaches_the_content_the_help_and_every_page()
    {
        var page = await console.OpenAsync("/");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        foreach (var (keys, heading) in new[] { ("a", "Actors"), ("m", "Modules"), ("p", "Proofs"), ("l", "Live stream"), ("v", "Verify a bundle"), ("j", "Journal"), ("t", "Transparency log"), ("o", "Overview") })
        {
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync(keys);
            await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1 })).ToBeVisibleAsync();
        }
    }

    private static (string Name, string Address)[] Pages(string actor, string module) =>
    [
        ("overview", "/"), ("actors", "/actors"), ("modules", "/modules?add=true"), ("module", $"/modules/{module}"), ("proofs-off", "/proofs"), ("actor", $"/actors/{actor}?n=5&send=true"), ("live", "/live"), ("verify", "/verify"),
        ("journal", "/journal"), ("log", "/log"),
    ];
}
