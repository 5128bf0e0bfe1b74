using System.Text.RegularExpressions;
using Loom.Web.Data;
using Loom.Web.Proof;

namespace Loom.E2E.Components;

/// <summary>How far a proof is, and how sound it is, in words and numbers that promise nothing.</summary>
public sealed class ProofPartsTests
{
    [Fact]
    public async Task Work_says_its_phase_how_long_it_takes_and_how_long_it_may_still_take()
    {
        var html = await BarAsync(new ProofWork("aux", 3, 41, 0.38, TimeSpan.FromSeconds(62), TimeSpan.FromSeconds(101)));
        Assert.Contains("lookups (LogUp), 3 of 41 · at work for 62 s · about 1 min to go", html, StringComparison.Ordinal);
        Assert.Contains("value=\"0.38\"", html, StringComparison.Ordinal);
        Assert.Contains("Progress of the proof of counter-a", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.2, "under 1 s to go")]
    [InlineData(7.9, "about 7 s to go")]
    [InlineData(-1, "time to go unknown yet")]
    public async Task The_time_to_go_is_said_only_when_it_is_known(double seconds, string said)
    {
        var html = await BarAsync(new ProofWork("another", 0, 0, null, TimeSpan.Zero, seconds < 0 ? null : TimeSpan.FromSeconds(seconds)));
        Assert.Contains("another · at work for 0 s · " + said, html, StringComparison.Ordinal);
        Assert.DoesNotContain("value=", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bits_are_rounded_down_and_a_conjecture_is_called_one()
    {
        var drawn = await Drawn.HtmlAsync<Soundness>(new
        {
            Table = new SoundnessTable("std", "", 1, 59.19, 100.99, [new SoundnessRow("FRI queries, conjectured", "(ρ + η)^q 2^-g", 100.99, false, "conjectured sum"), new SoundnessRow("DEEP", "l² 3N / |F3|", 164.35, true, "both sums")]),
        });
        var html = Regex.Replace(drawn, " b-[a-z0-9]+", ""); // the names that isolate styles
        Assert.Contains(">100.9</td><td>conjecture</td>", html, StringComparison.Ordinal);
        Assert.Contains(">164.3</td><td>theorem</td>", html, StringComparison.Ordinal);
        Assert.Contains(">59.1</td><td colspan=\"3\">proven</td>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("101", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_of_proofs_says_what_a_receipt_is_not()
    {
        var html = await Drawn.HtmlAsync<WhatAReceiptIs>(new { });
        foreach (var words in (string[])["not zero-knowledge", "can test guesses of the input", "Unaudited.", "Succinct and sound"])
        {
            Assert.Contains(words, html, StringComparison.Ordinal);
        }
    }

    private static Task<string> BarAsync(ProofWork work) => Drawn.HtmlAsync<ProofProgressBar>(new { Work = work, Name = "counter-a" });
}
