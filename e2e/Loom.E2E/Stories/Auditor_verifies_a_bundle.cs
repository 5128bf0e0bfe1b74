using System.Text;
using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>An auditor exports a history, verifies it, and sees a forgery named.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Auditor_verifies_a_bundle(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task An_exported_bundle_verifies_and_a_tampered_one_is_refused_by_name()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 3);
        await console.Api.FlushLogAsync();
        var page = await console.OpenAsync($"/actors/{actor}");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Export bundle" }).ClickAsync());
        Assert.EndsWith(".loom", download.SuggestedFilename, StringComparison.Ordinal);
        var bundle = await System.IO.File.ReadAllBytesAsync(await download.PathAsync());
        var trust = await console.Api.BytesAsync("/api/trust");

        await Console.GoAsync(page, "/verify");
        await VerifyAsync(page, download.SuggestedFilename, bundle, trust);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Every required claim holds" })).ToBeVisibleAsync();
        await Expect(page.GetByText("Verified by this server")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "intact" })).ToContainTextAsync("holds");
        await Console.PictureAsync(page, "verify");

        // One digit of one payment, in the bytes of the bundle itself; the ZIP is kept whole.
        var forged = Forgery.Change(bundle, "payment 2", "payment 7");
        await VerifyAsync(page, "forged.loom", forged, trust);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Every required claim holds" })).ToBeHiddenAsync();
        var verdict = page.GetByRole(AriaRole.Row, new() { Name = "intact" });
        await Expect(verdict).ToContainTextAsync("false");
        await Expect(verdict).ToContainTextAsync($"{actor}, revision 2");
        await Console.PictureAsync(page, "verify-forged");
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task What_is_no_bundle_is_called_malformed()
    {
        var page = await console.OpenAsync("/verify");
        await page.GetByLabel("Bundle", new() { Exact = true }).SetInputFilesAsync(File("case.loom", Encoding.UTF8.GetBytes("not a bundle")));
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Use this host's own trust file" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "This is no well-formed bundle" })).ToBeVisibleAsync();
    }

    private static async Task VerifyAsync(IPage page, string name, byte[] bundle, byte[] trust)
    {
        await page.GetByLabel("Bundle", new() { Exact = true }).SetInputFilesAsync(File(name, bundle));
        await page.GetByLabel("Trust file", new() { Exact = true }).SetInputFilesAsync(File("trust.json", trust));
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();
    }

    private static FilePayload File(string name, byte[] bytes) => new() { Name = name, MimeType = "application/octet-stream", Buffer = bytes };
}
