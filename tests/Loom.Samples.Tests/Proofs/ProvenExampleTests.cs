using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Provenance;
using Loom.Provenance.Receipts;
using Loom.Proving;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Samples.Tests.Proofs;

/// <summary>
/// Each example with the real prover: its policy has transitions proven, the receipts verify, and whatever is changed afterwards no longer
/// does. The settings are those of <c>samples/proving/loom.json</c>.
/// </summary>
public sealed class ProvenExampleTests(ExampleHost host, ITestOutputHelper output) : IClassFixture<ExampleHost>
{
    [ProverFact]
    public async Task The_ledger_is_proven_from_1000_on()
    {
        const string Actor = "ledger-ann";
        var open = await host.SendAsync(Actor, "open", """{"owner":"Ann"}""");
        var small = await host.SendAsync(Actor, "deposit", """{"amount":"999"}""");
        var large = await host.SendAsync(Actor, "deposit", """{"amount":"1000","reference":"rent"}""");
        var back = await host.SendAsync(Actor, "withdraw", """{"amount":"1000"}""");
        await ShouldDecideAsync([(open, false), (small, false), (large, true), (back, true)]);

        await ShouldBeProvenAsync(Actor, [0, 1], "bank-ledger");
        await ShouldResistAsync(Actor, large, back, new("\"rent\"", "\"loan\""), new("\"1999\"", "\"9999\""), new("\"1000\"", "\"9000\""));
    }

    [ProverFact]
    public async Task The_declaration_is_proven_from_1000_on()
    {
        const string Actor = "expense-trip";
        var open = await host.SendAsync(Actor, "open-case", """{"description":"Fair"}""");
        var small = await host.SendAsync(Actor, "save-declaration", """{"amount":"999"}""", roles: "employee");
        var large = await host.SendAsync(Actor, "submit-declaration", """{"amount":"1000"}""", roles: "employee");
        await ShouldDecideAsync([(open, false), (small, false), (large, true)]);

        await ShouldBeProvenAsync(Actor, [0, 1], "expense-declaration");
        await ShouldResistAsync(Actor, large, small, new("\"1000\"", "\"1001\""), new("\"InReview\"", "\"Approved\""), new("\"1000\"", "\"1001\""));
    }

    [ProverFact]
    public async Task Debt_to_income_is_always_proven()
    {
        const string Actor = "debtToIncome-ada";
        var first = await host.SendAsync(Actor, "assess", """{"applicant":"Ada","debts":[{"amount":"215000","kind":"mortgage"}],"income":"500000"}""");
        var second = await host.SendAsync(Actor, "assess", """{"applicant":"Ada","debts":[],"income":"1"}""");
        await ShouldDecideAsync([(first, true), (second, true)]);

        await ShouldBeProvenAsync(Actor, [], "debt-to-income-assemblyscript");
        await ShouldResistAsync(Actor, first, second, new("\"review\"", "\"approved\""), new("4300", "3600"), new("\"215000\"", "\"115000\""));
    }

    [ProverFact]
    public async Task Underwriting_is_proven_where_it_decides()
    {
        const string Actor = "loan-1";
        var today = DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var apply = await host.SendAsync(Actor, "apply", """{"amount":"25000000","applicant":"Ada","rate":360,"termMonths":300}""", "ada");
        var decisions = new List<(Digest, bool)> { (apply, false) };
        foreach (var (kind, figure) in ((string, string)[])[("debts", "30000"), ("income", "420000"), ("score", "700"), ("valuation", "30000000")])
        {
            var paper = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(kind)));
            decisions.Add((await host.SendAsync(Actor, "file-document", $$"""{"dated":"{{today}}","figure":"{{figure}}","kind":"{{kind}}","sha256":"{{paper}}"}""", "ada"), false));
        }

        var decided = await host.SendAsync(Actor, "decide", "{}", "uma", "underwriter");
        await ShouldDecideAsync([.. decisions, (decided, true)]);

        // Reading a state of seven hundred bytes takes its cycles: the filed documents are left to the long tier.
        await ShouldBeProvenAsync(Actor, Tier.IsLong ? [0, 1, 2, 3, 4] : [0], "underwriting");
        await ShouldResistAsync(Actor, decided, apply, new("\"referred\"", "\"approved\""), new("\"referred\"", "\"approved\""), new("{}", """{"a":0}"""));
    }

    [ProverFact]
    public async Task The_transform_is_proven_on_demand()
    {
        const string Actor = "statement-january";
        var first = await host.SendAsync(Actor, "transform", """{"csv":"date,account,text,amount\n2026-01-02,DE02,Rent,-950.00\n2026-01-01,DE02,Salary,\"3,200.50\"\n"}""");
        var second = await host.SendAsync(Actor, "transform", """{"csv":"date,account,text,amount\n"}""");
        Assert.Null(host.Queue.Find(first));

        await ShouldBeProvenAsync(Actor, [0, 1], "statement");
        await ShouldResistAsync(Actor, first, second, new("\"225050\"", "\"325050\""), new("\"-95000\"", "\"-9500\""), new("-950.00", "-95.00"));
    }

    /// <summary>85 plain actors, 10 proven on demand, 4 above a threshold and 1 always live in one host; a plain one pays for nothing.</summary>
    [ProverFact]
    public async Task A_hundred_actors_of_four_kinds_share_a_host_and_only_what_the_policies_say_is_proven()
    {
        var plain = Enumerable.Range(0, 85).Select(i => $"account-{i}-of-100").ToArray();
        foreach (var actor in plain)
        {
            await host.SendAsync(actor, "open", """{"owner":"Ann"}""");
            await host.SendAsync(actor, "deposit", """{"amount":"5000"}""");
        }

        foreach (var actor in Enumerable.Range(0, 10).Select(i => $"statement-{i}-of-100"))
        {
            await host.SendAsync(actor, "transform", """{"csv":"date,account,text,amount"}""");
        }

        var jobs = new List<Digest>();
        foreach (var actor in Enumerable.Range(0, 4).Select(i => $"ledger-{i}-of-100"))
        {
            await host.SendAsync(actor, "open", """{"owner":"Ann"}""");
            await host.SendAsync(actor, "deposit", """{"amount":"999"}""");
            jobs.Add(await host.SendAsync(actor, "deposit", """{"amount":"1000"}"""));
        }

        jobs.Add(await host.SendAsync("debtToIncome-0-of-100", "assess", """{"applicant":"Ann","debts":[],"income":"1"}"""));
        foreach (var job in jobs)
        {
            await host.AttachedAsync(job);
        }

        var mine = host.Queue.List(null, null, 500).Jobs.Where(j => j.Stream.Value.EndsWith("-of-100", StringComparison.Ordinal));
        Assert.Equal(jobs.Order(), mine.Select(j => j.Link).Order());
        Assert.DoesNotContain(host.Queue.RecentDecisions, d => d.Stream.Value.StartsWith("account-", StringComparison.Ordinal));
        var claim = await host.ProvenAsync(await host.BundleAsync(plain[0]));
        Assert.Equal((Verdict.NotCovered, "the bundle has no receipts"), (claim.Verdict, claim.Reason));
        Assert.Equal(Verdict.Holds, (await host.ProvenAsync(await host.BundleAsync("debtToIncome-0-of-100"))).Verdict);
    }

    /// <summary>A text, and what a forger would rather read.</summary>
    private sealed record Change(string From, string To);

    // Every decision is journaled, and a job follows from it where the policy holds.
    private async Task ShouldDecideAsync((Digest Link, bool Prove)[] expected)
    {
        foreach (var (link, prove) in expected)
        {
            var decision = await host.DecisionAsync(link);
            Assert.True(decision.Prove == prove, $"{decision.Stream} at {decision.Revision}: {decision.Reason}");
            Assert.Equal(prove, host.Queue.Find(link) is not null);
        }
    }

    // The rest is asked for, by the number of the transition; then the bundle is proven as far as there are receipts.
    private async Task ShouldBeProvenAsync(string actor, int[] asked, string module)
    {
        var transitions = await host.TransitionsAsync(actor);
        foreach (var number in asked)
        {
            await host.RequestAsync(actor, transitions[number].Link.Revision);
        }

        var proven = transitions.Where((t, i) => asked.Contains(i) || host.Queue.Find(t.Link.Hash) is not null).ToArray();
        foreach (var transition in proven)
        {
            await host.AttachedAsync(transition.Link.Hash);
            Assert.Null((await EvidenceAsync(actor, transition.Link.Hash)).Verdict.Failed);
        }

        var cycles = proven.Select(t => host.Queue.Find(t.Link.Hash)!.Receipt!).Sum(r => r.Cycles);
        var line = $"[proven examples] {actor}: {proven.Length} receipts, {cycles} cycles";
        output.WriteLine(line);
        Console.WriteLine(line);

        var sample = SampleModule.Of(module);
        Assert.Equal(Digest.Of(sample.Wasm), Assert.Single((await host.TrustAsync()).Images, i => i.Module == Digest.Of(sample.Wasm)).Module);
        var claim = await host.ProvenAsync(await host.BundleAsync(actor));
        var all = proven.Length == transitions.Count;
        Assert.True(claim.Verdict == (all ? Verdict.Holds : Verdict.NotCovered), claim.Reason);
        Assert.StartsWith("proven (image id ", claim.Title, StringComparison.Ordinal);
        Assert.Contains("set proven: ", claim.Title, StringComparison.Ordinal);
        Assert.Contains(all ? $"every state and event of {proven.Length} transitions" : $"receipts prove {proven.Length} of {transitions.Count} transitions", claim.Reason, StringComparison.Ordinal);
    }

    // What a forger may try, from clumsy to somebody who holds the log key and writes history anew: the proof itself is left in the end.
    private async Task ShouldResistAsync(string actor, Digest proven, Digest other, Change inEvent, Change inState, Change inCommand)
    {
        var evidence = await EvidenceAsync(actor, proven);
        Assert.Null(evidence.Verdict.Failed);

        foreach (var (what, frames, check) in new[]
        {
            ("event", (Input: (byte[]?)null, Output: evidence.OutputWith(state: false, inEvent.From, inEvent.To)), LinkReceiptCheck.EventData),
            ("state", (null, evidence.OutputWith(state: true, inState.From, inState.To)), LinkReceiptCheck.StateAfter),
            ("command", (evidence.InputWith(inCommand.From, inCommand.To), null), LinkReceiptCheck.Command),
        })
        {
            ShouldFail(what, evidence.WithFrames(frames.Input, frames.Output), LinkReceiptCheck.Form);
            var stated = evidence.WithStatement(frames.Input, frames.Output);
            ShouldFail(what, stated, check);
            ShouldFail(what, stated.WithLinkOfFrames(), LinkReceiptCheck.Seal, ReceiptCheck.ConstraintIdentity);
        }

        ShouldFail("the receipt of another transition", evidence with { Request = evidence.Request with { Receipt = await host.ReceiptAsync(other) } }, LinkReceiptCheck.StateBefore);
        await ShouldResistAnotherImageAsync(evidence);

        var bent = evidence.Request.Receipt.ToArray();
        bent[evidence.File.SealBytes / 2] ^= 1;
        ShouldFail("a bit of the proof", evidence with { Request = evidence.Request with { Receipt = bent } }, LinkReceiptCheck.Seal);
    }

    // The image of a module that would have decided otherwise, believed to the last: even a trust file that names it does not help.
    private async Task ShouldResistAnotherImageAsync(Evidence evidence)
    {
        var (id, image) = await StrangeImageAsync(evidence);
        var request = evidence.Request;
        ShouldFail("other image bytes", evidence with { Request = request with { Image = image } }, LinkReceiptCheck.Module);
        var stated = evidence.WithImageId(id);
        stated = stated with { Request = stated.Request with { Image = image } };
        ShouldFail("another image id", stated, LinkReceiptCheck.TrustedImage);
        var module = request.Trusted.Single(t => t.Image == evidence.File.Statement.ImageId).Module;
        ShouldFail("another image, trusted", stated with { Request = stated.Request with { Trusted = [new TrustedImage(module, id, ["proven"])] } }, LinkReceiptCheck.Module);
    }

    private void ShouldFail(string what, Evidence forged, LinkReceiptCheck check, ReceiptCheck? seal = null)
    {
        var verdict = forged.Verdict;
        Assert.True(verdict.Failed == check, $"{what}: expected {check}, got {verdict.Failed}: {verdict.Reason}");
        if (seal is not null)
        {
            Assert.Equal(seal, verdict.Seal!.Error!.Check);
        }
    }

    private async Task<Evidence> EvidenceAsync(string actor, Digest link)
    {
        var transitions = await host.TransitionsAsync(actor);
        var at = transitions.FindIndex(t => t.Link.Hash == link);
        var receipt = await host.ReceiptAsync(link);
        return new Evidence(new LinkReceiptRequest
        {
            Link = transitions[at].Link,
            Opening = transitions[at].Opening,
            SaltBefore = at == 0 ? null : transitions[at - 1].Opening.PartSalt(Salts.To),
            Trusted = (await host.TrustAsync()).Images,
            Image = ExampleHost.ImageOf(await host.BundleAsync(actor), receipt),
            Receipt = receipt,
        });
    }

    // Of the counter, which no example is.
    private static async Task<(Digest Id, byte[] Image)> StrangeImageAsync(Evidence evidence)
    {
        var file = Path.GetTempFileName();
        try
        {
            var (exit, said) = Modules.BuildScript.Start(Testing.ProverProgram.Path!, ["image", Path.Combine(SampleModule.Folder, "counter.wasm"), "--output", file]);
            Assert.True(exit == 0, said);
            var image = await File.ReadAllBytesAsync(file);
            var id = ReceiptImage.IdOf(image);
            Assert.NotEqual(evidence.File.Statement.ImageId, id);
            return (id, image);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
