using Loom.Web.Data;
using Loom.Web.Parts;

namespace Loom.E2E.Components;

/// <summary>A report says which claim failed, where, whom to believe, and who verified.</summary>
public sealed class VerdictTests
{
    [Theory]
    [InlineData(0, "Every required claim holds")]
    [InlineData(1, "A claim is false")]
    [InlineData(2, "This is no well-formed bundle")]
    [InlineData(3, "A required claim is not covered")]
    [InlineData(70, "The verifier failed")]
    public async Task The_headline_follows_the_exit_code(int exitCode, string headline) =>
        Assert.Contains(headline, await ReportAsync(exitCode), StringComparison.Ordinal);

    [Fact]
    public async Task A_false_claim_is_named_with_its_place()
    {
        var html = await ReportAsync(1);
        Assert.Contains("account-ada, revision 3", html, StringComparison.Ordinal);
        Assert.Contains("whoever holds the log key", html, StringComparison.Ordinal);
        Assert.Contains("Verified by this server", html, StringComparison.Ordinal);
        Assert.Contains("loom verify case.loom --trust trust.json", html, StringComparison.Ordinal);
        Assert.Contains("not required", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_summary_that_repeats_the_headline_gives_way_to_a_tally()
    {
        var html = await ReportAsync(1, "a claim is false");
        Assert.Contains("Of 3 claims, 1 holds, 1 is false, 1 is not covered.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<p>a claim is false", html, StringComparison.Ordinal);
    }

    private static Task<string> ReportAsync(int exitCode, string summary = "In short.") => Drawn.HtmlAsync<Verdicts>(new
    {
        Report = new VerdictReport(
            exitCode,
            summary,
            [
                new ClaimVerdict("intact", ClaimOutcome.False, true, "account-ada, revision 3", "nobody"),
                new ClaimVerdict("signed", ClaimOutcome.Holds, true, "", "whoever holds the log key"),
                new ClaimVerdict("replayed", ClaimOutcome.NotCovered, false, "not a WASM machine", "nobody"),
            ],
            [new BundleStream("account-ada", 4, new string('a', 64))]),
        File = "case.loom",
        At = DateTimeOffset.UnixEpoch,
    });
}
