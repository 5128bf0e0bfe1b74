using System.Text.Json;
using Loom.Provenance;
using Loom.Provenance.Tests;

namespace Loom.Cli.Tests.Verify;

public sealed class VerifyTests : IDisposable
{
    private readonly Folder _folder = new();

    private string Bundle => _folder["case.loom"];

    private string Trust => _folder["trust.json"];

    public VerifyTests()
    {
        _folder.Write("case.loom", Cases.TwoBundle());
        _folder.Write("trust.json", Cases.Trust.Write());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_good_bundle_exits_0_and_says_whom_to_believe()
    {
        var ran = await Ran.LoomAsync("verify", Bundle, "--trust", Trust, "--at", "2026-06-01T00:00:00Z");
        Assert.Equal((0, ""), (ran.Exit, ran.Error));
        Assert.Contains("every required claim holds", ran.Out, StringComparison.Ordinal);
        Assert.Contains("holds       intact", ran.Out, StringComparison.Ordinal);
        Assert.Contains("believe: ", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_carries_every_claim_with_its_verdict()
    {
        var ran = await Ran.LoomAsync("verify", Bundle, "--trust", Trust, "--json");
        Assert.Equal(0, ran.Exit);
        using var json = JsonDocument.Parse(ran.Out);
        var claims = json.RootElement.GetProperty("claims").EnumerateArray().ToDictionary(c => c.GetProperty("claim").GetString()!, c => c.GetProperty("verdict").GetString());
        Assert.Equal("holds", claims["intact"]);
        Assert.Equal("holds", claims["signed"]);
        Assert.Equal("not covered", claims["consistent"]);
    }

    [Fact]
    public async Task A_changed_byte_of_an_event_exits_1_and_names_the_stream()
    {
        var bytes = await File.ReadAllBytesAsync(Bundle);
        var at = bytes.AsSpan().IndexOf("\"amount\\\":\\\""u8);
        at = at >= 0 ? at : bytes.AsSpan().IndexOf("account.deposited"u8);
        bytes[at] ^= 1;
        await File.WriteAllBytesAsync(Bundle, bytes);
        var ran = await Ran.LoomAsync("verify", Bundle, "--trust", Trust);
        Assert.Contains(ran.Exit, new[] { 1, 2 });
        Assert.DoesNotContain("every required claim holds", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_bundle_is_malformed()
    {
        var bytes = await File.ReadAllBytesAsync(Bundle);
        await File.WriteAllBytesAsync(Bundle, bytes[..(bytes.Length / 2)]);
        Assert.Equal(2, (await Ran.LoomAsync("verify", Bundle, "--trust", Trust)).Exit);
    }

    [Fact]
    public async Task Keys_that_the_trust_file_does_not_know_leave_claims_uncovered()
    {
        var other = new TrustRoot { LogKeys = [Cases.Stranger.Trusted("loom.test/log")] };
        _folder.Write("trust.json", other.Write());
        var ran = await Ran.LoomAsync("verify", Bundle, "--trust", Trust);
        Assert.Equal(3, ran.Exit);
        Assert.Contains("not covered", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_trust_file_is_refused_with_the_reason()
    {
        _folder.Write("trust.json", """{"loomTrust":1,"logKey":[]}""");
        var ran = await Ran.LoomAsync("verify", Bundle, "--trust", Trust);
        Assert.Equal(2, ran.Exit);
        Assert.Contains("unknown member 'logKey'", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_bundle_a_missing_trust_and_a_bad_time_are_told_apart()
    {
        Assert.Equal(2, (await Ran.LoomAsync("verify", _folder["none.loom"], "--trust", Trust)).Exit);
        Assert.Equal(64, (await Ran.LoomAsync("verify", Bundle)).Exit);
        Assert.Equal(64, (await Ran.LoomAsync("verify", Bundle, "--trust", Trust, "--at", "yesterday")).Exit);
    }

    [Fact]
    public async Task An_earlier_bundle_answers_whether_the_log_is_still_the_same()
    {
        var history = Cases.Two();
        var early = history.Size;
        _folder.Write("early.loom", History.Bundle(history.Source(Cases.LogKey, [Cases.Alice]), Cases.LogKey));
        history.Append(Cases.Alice);
        _folder.Write("late.loom", History.Bundle(history.Source(Cases.LogKey, [Cases.Alice], from: early), Cases.LogKey));
        var ran = await Ran.LoomAsync("verify", _folder["late.loom"], "--trust", Trust, "--seen", _folder["early.loom"]);
        Assert.Equal(0, ran.Exit);
        Assert.Contains($"consistent with early.loom (size {early})", ran.Out, StringComparison.Ordinal);

        var forked = Cases.Two(variant: "!");
        forked.Append(Cases.Alice);
        _folder.Write("forked.loom", History.Bundle(forked.Source(Cases.LogKey, [Cases.Alice], from: early), Cases.LogKey));
        Assert.Equal(1, (await Ran.LoomAsync("verify", _folder["forked.loom"], "--trust", Trust, "--seen", _folder["early.loom"])).Exit);
        Assert.Equal(2, (await Ran.LoomAsync("verify", Bundle, "--trust", Trust, "--seen", Trust)).Exit);
    }

    [Fact]
    public async Task The_report_is_one_html_page()
    {
        Assert.Equal(0, (await Ran.LoomAsync("verify", Bundle, "--trust", Trust, "--report", _folder["out.html"], "--explain")).Exit);
        var page = await File.ReadAllTextAsync(_folder["out.html"]);
        Assert.StartsWith("<!doctype html>", page, StringComparison.Ordinal);
        Assert.Contains("Verdict on case.loom", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trust_show_prints_the_fingerprint_that_the_verifier_uses()
    {
        var ran = await Ran.LoomAsync("trust", "show", Trust);
        Assert.Equal(0, ran.Exit);
        Assert.Contains(TrustRoot.Fingerprint(Cases.LogKey.PublicKey.Span), ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_loads_only_core_and_provenance_of_loom()
    {
        var variables = new Dictionary<string, string?>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(VerifyTests).Assembly.Location,
            ["LOOM_TEST_ASSEMBLIES"] = _folder["assemblies.txt"],
        };
        var ran = await ChildOf.DotNetAsync(_folder.Root, variables, ChildOf.LoomDll, "verify", Bundle, "--trust", Trust);
        Assert.Equal((0, ""), (ran.Exit, ran.Error));
        var loaded = (await File.ReadAllLinesAsync(_folder["assemblies.txt"])).Where(n => n != "Loom.Cli.Tests").ToList();
        Assert.Equal(["Loom.Core", "Loom.Provenance", "loom"], loaded.Where(n => n.StartsWith("loom", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal));
        Assert.Equal(["System.CommandLine"], loaded.Where(n => !n.StartsWith("loom", StringComparison.OrdinalIgnoreCase) && !IsOfTheFramework(n)).Order(StringComparer.Ordinal));
    }

    private static bool IsOfTheFramework(string name) =>
        name != "System.CommandLine" && File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"));
}
