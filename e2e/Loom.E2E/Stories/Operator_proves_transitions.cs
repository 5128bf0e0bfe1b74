using Loom.E2E.Started;
using Loom.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loom.E2E.Stories;

/// <summary>Proofs at the console, by the real prover: by policy, on demand, parked, called off; and a receipt that is verified.</summary>
[Collection(ConsoleStories.Name)]
public sealed class Operator_proves_transitions(Console console)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patiently = new() { Timeout = 600_000 };

    [ProverStory]
    public async Task A_transition_above_the_policy_is_proven_by_itself_and_one_below_on_demand()
    {
        await using var host = new HostProcess(Proven.ByProgram);
        await host.StartAsync();
        using var api = new LoomApi(host.Address);
        await api.RegisterAsync("counter");
        await Proven.CountAsync(api, "counter-ada", 999);
        await Proven.CountAsync(api, "counter-ada", 1000);

        var page = await console.OpenAsync("/actors/counter-ada", host: host);
        var chain = page.GetByRole(AriaRole.Group, new() { Name = "Chain of transitions" });
        await Expect(chain.GetByRole(AriaRole.Link, new() { Name = "Proof of transition 1: proven" })).ToBeVisibleAsync(Patiently);
        await Expect(chain.GetByRole(AriaRole.Link, new() { Name = "Proof of transition 0" })).ToBeHiddenAsync();

        // Below the threshold: the decision is shown, and a key asks for a proof all the same.
        await Console.GoAsync(page, "/actors/counter-ada?n=0");
        var proof = page.GetByRole(AriaRole.Group, new() { Name = "Proof of this transition" });
        await Expect(proof).ToContainTextAsync("command.by >= 1000 does not hold");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Prove this transition" })).ToBeVisibleAsync();
        await Console.PictureAsync(page, "proof-on-demand");
        await page.Keyboard.PressAsync("p");
        await Expect(page.GetByText("Proof asked for")).ToBeVisibleAsync();
        await Expect(chain.GetByRole(AriaRole.Link, new() { Name = "Proof of transition 0: proven" })).ToBeVisibleAsync(Patiently);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Prove this transition" })).ToBeHiddenAsync();

        await chain.GetByRole(AriaRole.Link, new() { Name = "Proof of transition 1: proven" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Receipt of counter-ada", Level = 1 })).ToBeVisibleAsync();
        var soundness = page.GetByRole(AriaRole.Table, new() { Name = "The account of soundness" });
        await Expect(soundness.GetByRole(AriaRole.Row)).ToHaveCountAsync(13);
        await Expect(soundness).ToContainTextAsync("FRI queries, conjectured");
        await Expect(page.GetByText("not zero-knowledge")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify now" }).ClickAsync();
        var said = page.GetByRole(AriaRole.Status);
        await Expect(said).ToContainTextAsync("Holds");
        await Expect(said).ToContainTextAsync("59 bits proven, 100 conjectured");
        await Expect(said).ToContainTextAsync("the command opens its digest");

        var link = page.Url.Split('/')[^1];
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Download receipt" }).ClickAsync());
        Assert.Equal(await api.BytesAsync($"/api/proofs/{link}/receipt"), await File.ReadAllBytesAsync(await download.PathAsync()));
    }

    [ProverStory]
    public async Task What_is_parked_says_why_and_comes_about_once_it_is_mended_and_every_standing_has_its_look()
    {
        await using var host = new HostProcess(Proven.ByProgram);
        await host.StartAsync("--proving.memory", "256");
        string link;
        using (var api = new LoomApi(host.Address))
        {
            await api.RegisterAsync("counter");
            await Proven.CountAsync(api, "counter-large", 1000);
            await Proven.CountAsync(api, "counter-small", 7);
            await Proven.CountAsync(api, "counter-small", 2000);
            var list = await Proven.UntilAsync(api, l => Proven.In(l, "parked") == 2);
            link = list.GetProperty("proofs").EnumerateArray().Single(p => p.GetProperty("actor").GetString() == "counter-large").GetProperty("link").GetString()!;
        }

        var page = await console.OpenAsync("/proofs?state=parked", host: host);
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "counter-large" });
        await Expect(row).ToContainTextAsync("parked");
        await Expect(row).ToContainTextAsync("memory");
        await Console.GoAsync(page, $"/proofs/{link}");
        await Expect(page.GetByText("mend what the reason names")).ToBeVisibleAsync();
        await Console.LeaveAsync(page);
        await host.KillAsync();

        // With the memory that it takes: the parked one is retried, and more work stands in the queue.
        await host.StartAsync("--proving.memory", "4096");
        using var again = new LoomApi(host.Address);
        await Console.GoAsync(page, "/proofs");
        await row.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(row.GetByRole(AriaRole.Link, new() { Name = "proven" })).ToBeVisibleAsync(Patiently);
        await Expect(row.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);

        for (var i = 0; i < 24; i++) // more than the prover does while the page is looked at
        {
            await Proven.CountAsync(again, "counter-busy", 5000 + i);
        }

        await Proven.UntilAsync(again, l => Proven.In(l, "queued") >= 3);
        var last = (await again.GetAsync("/api/proofs?state=queued")).GetProperty("proofs")[0].GetProperty("link").GetString()!;
        await Console.GoAsync(page, $"/proofs/{last}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Call it off" }).ClickAsync();
        await Expect(page.GetByText("Somebody called it off.")).ToBeVisibleAsync();
        await Console.GoAsync(page, "/proofs");
        await Expect(page.GetByRole(AriaRole.Progressbar).First).ToBeVisibleAsync(Patiently);
        await Expect(page.GetByText("to go").First).ToBeVisibleAsync(Patiently);
        await LooksAsync(host, ("proofs", "/proofs"), ("receipt", $"/proofs/{link}"), ("proof-cancelled", $"/proofs/{last}"), ("proof-chain", "/actors/counter-busy"), ("proof-parked", "/actors/counter-small?n=1"));
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task Without_a_prover_proofs_wait_visibly_can_be_called_off_and_an_auditor_only_looks()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        using (var api = new LoomApi(host.Address))
        {
            await api.RegisterAsync("counter"); // before there is a policy: with one, only a prover could say that it can be proven
        }

        await host.KillAsync();
        await host.StartAsync(["--proving.prover", "off", .. Proven.Policies]);
        using (var api = new LoomApi(host.Address))
        {
            await Proven.CountAsync(api, "counter-ada", 1);
            await Proven.CountAsync(api, "counter-ada", 1000);
            await Proven.UntilAsync(api, l => Proven.In(l, "queued") == 1);
        }

        var page = await console.OpenAsync("/proofs?actor=ADA&state=waiting", host: host);
        await Expect(page.GetByText("Proofs wait; nothing else does.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("proving.prover is off");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "counter-ada" });
        await Expect(row).ToContainTextAsync("waiting");
        await Console.PictureAsync(page, "proofs-wait");
        var cancel = row.GetByRole(AriaRole.Button, new() { Name = "Cancel the proof of counter-ada at revision 1" });
        await cancel.ClickAsync();
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = "Call it off" })).ToBeFocusedAsync();
        await Console.PictureAsync(page, "proofs-sure");
        await row.GetByRole(AriaRole.Button, new() { Name = "No" }).ClickAsync();
        await Expect(cancel).ToBeFocusedAsync();
        await cancel.ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Call it off" }).ClickAsync();
        await Expect(page.GetByText("No proof is like that.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Called off" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("state=cancelled"));
        await row.GetByRole(AriaRole.Button, new() { Name = "Prove after all" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "All" }).First.ClickAsync();
        await Expect(row.GetByRole(AriaRole.Link, new() { Name = "waiting" })).ToBeVisibleAsync();

        await Console.LeaveAsync(page);
        await host.KillAsync();
        await host.StartAsync(["--proving.prover", "off", .. Proven.Policies, "--auth.mode", "token"]);
        await LogInAsync(page, await host.TokenAsync("auditor"), "/proofs");
        await Expect(row).ToContainTextAsync("waiting");
        await Expect(row.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await Expect(page.GetByText("takes one of the roles operator, developer")).ToBeVisibleAsync();
        await Console.GoAsync(page, "/actors/counter-ada?n=0");
        var proof = page.GetByRole(AriaRole.Group, new() { Name = "Proof of this transition" });
        await Expect(proof).ToContainTextAsync("may not ask for proofs");
        await Expect(proof.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    [ProgramFact(Console.Chromium, "chromium")]
    public async Task A_host_that_proves_nothing_says_how_to_turn_it_on_and_why_an_account_cannot_be_proven()
    {
        await console.StartAsync();
        var actor = await Accounts.WithDepositsAsync(console.Api, 1);
        var page = await console.OpenAsync("/");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("p");
        var how = page.GetByRole(AriaRole.Region, new() { Name = "How to turn proving on" });
        await Expect(how).ToContainTextAsync("\"prover\": \"program\"");
        await Expect(how).ToContainTextAsync(ProverProgram.Path is null ? "The prover is missing" : "The prover is there");
        await Expect(page.GetByText("not zero-knowledge")).ToBeVisibleAsync();
        await Console.GoAsync(page, $"/actors/{actor}");
        var proof = page.GetByRole(AriaRole.Group, new() { Name = "Proof of this transition" });
        await Expect(proof).ToContainTextAsync("no WebAssembly module");
        await Expect(proof.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await Console.GoAsync(page, $"/proofs/{new string('0', 64)}");
        await Expect(page.GetByText("Nothing is to be proven of this link.")).ToBeVisibleAsync();
    }

    private static async Task LogInAsync(IPage page, string token, string to)
    {
        await page.GotoAsync($"/login?to={Uri.EscapeDataString(to)}");
        await page.GetByLabel("Your token").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Console.ReadyAsync(page);
    }

    private async Task LooksAsync(HostProcess host, params (string Name, string Address)[] pages)
    {
        var check = await File.ReadAllTextAsync(Path.Combine(TestData.Root, "e2e", "Loom.E2E", "Stories", "accessibility.js"));
        var found = new List<string>();
        foreach (var (look, scheme, width) in new[] { ("light", ColorScheme.Light, 1440), ("dark", ColorScheme.Dark, 1440), ("narrow", ColorScheme.Light, 420) })
        {
            var page = await console.OpenAsync("/", scheme, width, host);
            foreach (var (name, address) in pages)
            {
                await Console.GoAsync(page, address);
                await Expect(page.Locator("main .panel").First).ToBeVisibleAsync();
                if (name == "receipt")
                {
                    await page.Keyboard.PressAsync("v");
                    await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Holds");
                }

                found.AddRange((await page.EvaluateAsync<string[]>(check)).Select(problem => $"{name}, {look}: {problem}"));
                await Console.PictureAsync(page, $"{name}-{look}", whole: true);
            }

            await page.Context.CloseAsync();
        }

        Assert.True(found.Count == 0, string.Join("\n", found));
    }
}
