using System.Text;
using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>An operator registers a WebAssembly module, reads what the host found in it, and works with an actor of it.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Operator_registers_a_module(Console console)
{
    [ProgramFact(Console.Chromium, "chromium")]
    public async Task A_module_is_uploaded_an_actor_of_it_takes_commands_and_another_version_stands_beside_it()
    {
        var page = await console.OpenAsync("/modules");
        await page.Keyboard.PressAsync("u");
        await ChooseAsync(page, await Payload(SampleModules.Wasm("counter")), await Payload(SampleModules.Manifest("counter")));
        await page.GetByRole(AriaRole.Button, new() { Name = "Check only" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "counter@1 may be registered" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "counter@1" })).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Register", Exact = true }).ClickAsync();
        var report = page.GetByRole(AriaRole.Region, new() { Name = "Registered: counter@1" });
        await Expect(report).ToContainTextAsync("loom_main () -> ()");
        await Expect(report).ToContainTextAsync("inside the provable subset");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "counter@1" })).ToContainTextAsync("in use");
        await Console.PictureAsync(page, "module-registered", whole: true);

        var actor = "counter-e2e" + Guid.NewGuid().ToString("N")[..8];
        await Console.GoAsync(page, $"/actors/{actor}?send=true");
        await Expect(page.GetByText("Count one more, or so many")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "by" }).FillAsync("41");
        var send = page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true });
        await send.ClickAsync();
        await Expect(page.GetByText("Accepted and durable")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "by" }).FillAsync("1");
        await send.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Transition 1", Exact = true })).ToContainTextAsync("incremented.v1");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "State after transition 1, now" })).ToContainTextAsync("42");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "by" }).FillAsync("0");
        await send.ClickAsync();
        await Expect(page.GetByText("Refused: not-positive")).ToBeVisibleAsync();
        await Console.PictureAsync(page, "module-actor", whole: true);

        await page.GetByRole(AriaRole.Link, new() { Name = "counter@1" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "counter@1", Level = 1 })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Actors that have it" })).ToContainTextAsync(actor);

        var other = await console.Api.RegisterAsync("counter-c");
        await Console.GoAsync(page, $"/modules/{other}");
        await Expect(page.GetByText("kept beside")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Use for counter" }).ClickAsync();
        await Expect(page.GetByText("in use").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Beside it" })).ToContainTextAsync("counter@1");
        await Console.PictureAsync(page, "module-beside", whole: true);
        await Console.GoAsync(page, $"/actors/{actor}");
        await Expect(page.GetByText("counter is decided by counter-c@1 now")).ToBeVisibleAsync();
        await Console.PictureAsync(page, "module-actor-next");
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task What_is_no_machine_is_refused_in_words_and_nothing_is_registered()
    {
        var page = await console.OpenAsync("/modules?add=true&q=hostile");
        var manifest = Encoding.UTF8.GetBytes("""{"abi":1,"name":"hostile","version":1,"actorType":"hostile","commands":[],"events":[],"effects":{},"capabilities":[],"state":{"label":""}}""");
        var garbage = new byte[4096];
        new Random(7).NextBytes(garbage);
        "\0asm\u0001\0\0\0"u8.CopyTo(garbage);
        await RegisterAsync(page, garbage, manifest);
        var report = page.GetByRole(AriaRole.Region, new() { Name = "Refused: hostile@1" });
        await Expect(report).ToContainTextAsync("module-invalid");
        await Expect(report).ToContainTextAsync("at byte");
        await Console.PictureAsync(page, "module-refused");

        await RegisterAsync(page, await System.IO.File.ReadAllBytesAsync(SampleModules.Wasm("echo")), Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(manifest).Replace("\"capabilities\":[]", "\"capabilities\":[\"clock\"]", StringComparison.Ordinal)));
        await Expect(report).ToContainTextAsync("machine-imports-only");
        await Expect(report).ToContainTextAsync("clock");
        await RegisterAsync(page, await System.IO.File.ReadAllBytesAsync(SampleModules.Wasm("echo")), "{"u8.ToArray());
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Refused", Exact = true })).ToContainTextAsync("manifest-invalid");

        await Console.GoAsync(page, "/modules?q=hostile");
        await Expect(page.GetByText("No module matches.")).ToBeVisibleAsync();
        await Console.GoAsync(page, $"/modules/{new string('0', 64)}");
        await Expect(page.GetByText("No module of this hash is registered here.")).ToBeVisibleAsync();
    }

    private static async Task RegisterAsync(IPage page, byte[] module, byte[] manifest)
    {
        await ChooseAsync(page, File("hostile.wasm", module), File("hostile.module.json", manifest));
        await page.GetByRole(AriaRole.Button, new() { Name = "Register", Exact = true }).ClickAsync();
    }

    private static async Task ChooseAsync(IPage page, FilePayload module, FilePayload manifest)
    {
        await page.GetByLabel("Module", new() { Exact = true }).SetInputFilesAsync(module);
        await page.GetByLabel("Manifest", new() { Exact = true }).SetInputFilesAsync(manifest);
    }

    private static async Task<FilePayload> Payload(string path) => File(Path.GetFileName(path), await System.IO.File.ReadAllBytesAsync(path));

    private static FilePayload File(string name, byte[] bytes) => new() { Name = name, MimeType = "application/octet-stream", Buffer = bytes };
}
