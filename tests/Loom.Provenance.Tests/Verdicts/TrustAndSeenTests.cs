using Loom.Core;

namespace Loom.Provenance.Tests;

public sealed class TrustAndSeenTests
{
    private const string Origin = "loom.test/log";

    private static VerificationReport Seen(byte[] bundle, SignedNote seen) => Cases.Verify(bundle, options: Cases.Options with { Seen = seen, SeenName = "old.txt" });

    [Fact]
    public void A_consistency_proof_from_the_checkpoint_that_was_seen_holds()
    {
        var history = Cases.Two();
        var bundle = History.Bundle(history.Source(Cases.LogKey, [Cases.Alice], null, BundleHide.None, 0, 5, 11), Cases.LogKey);
        foreach (var size in (long[])[0, 5, 11, 20])
        {
            var report = Seen(bundle, history.Note(size, Cases.LogKey));
            Assert.True(report.ExitCode == 0 && report.Of(Claim.Consistent) == Verdict.Holds, report.Explain());
        }
    }

    [Fact]
    public void A_rewritten_log_is_found_by_whoever_saw_the_earlier_one()
    {
        var history = Cases.Two();
        var other = Cases.Two("x");
        var bundle = History.Bundle(other.Source(Cases.LogKey, [Cases.Alice], null, BundleHide.None, 0, 5), Cases.LogKey);
        Assert.Equal(0, Cases.Verify(bundle).ExitCode);
        foreach (var size in (long[])[5, 20])
        {
            var report = Seen(bundle, history.Note(size, Cases.LogKey));
            Assert.Equal((1, Verdict.False), (report.ExitCode, report.Of(Claim.Consistent)));
        }
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_compared_is_not_covered_and_required()
    {
        var history = Cases.Two();
        var early = History.Bundle(history.Source(Cases.LogKey, [Cases.Alice], size: 7), Cases.LogKey);
        foreach (var note in (SignedNote[])
            [history.Note(20, Cases.LogKey), history.Note(5, Cases.LogKey), history.Note(5, Cases.Stranger), new History("loom.test/other").Note(0, Cases.LogKey), SignedNote.Sign("no checkpoint\n", Origin, Cases.LogKey)])
        {
            var report = Seen(early, note);
            Assert.Equal((3, Verdict.NotCovered), (report.ExitCode, report.Of(Claim.Consistent)));
        }
    }

    [Theory]
    [InlineData(0, null, null, Verdict.Holds, 0)]
    [InlineData(0, 20L, null, Verdict.Holds, 0)]
    [InlineData(0, 19L, null, Verdict.False, 1)]
    [InlineData(21, null, null, Verdict.False, 1)]
    [InlineData(0, null, 20L, Verdict.Holds, 0)]
    [InlineData(0, null, 19L, Verdict.False, 1)]
    public void A_key_counts_for_its_tree_sizes_only(long from, long? to, long? revoked, Verdict expected, int exit)
    {
        var trust = new TrustRoot { LogKeys = [Cases.LogKey.Trusted(Origin, from, to, revoked)] };
        var report = Cases.Verify(Cases.TwoBundle(), trust);
        Assert.Equal((expected, expected, exit), (report.Of(Claim.Signed), report.Of(Claim.Complete), report.ExitCode));
    }

    [Fact]
    public void After_a_rotation_the_new_key_is_enough()
    {
        var history = Cases.Two();
        var next = new TestKey("next", 3);
        var source = history.Source(Cases.LogKey, [Cases.Alice]) with { CheckpointNote = history.Note(20, Cases.LogKey, next).Format() };
        var trust = new TrustRoot { LogKeys = [Cases.LogKey.Trusted(Origin, revoked: 5), next.Trusted(Origin, from: 20)] };
        var report = Cases.Verify(History.Bundle(source, next), trust);
        Assert.True(report.ExitCode == 0, report.Explain());
    }

    [Fact]
    public void An_empty_trust_file_calls_nothing_false()
    {
        var report = Cases.Verify(Cases.TwoBundle(), new TrustRoot());
        Assert.Equal(3, report.ExitCode);
        Assert.DoesNotContain(report.Claims, c => c.Verdict == Verdict.False);
        Assert.Equal((Verdict.Holds, Verdict.Holds, Verdict.NotCovered, Verdict.NotCovered), (report.Of(Claim.Intact), report.Of(Claim.Ordered), report.Of(Claim.Signed), report.Of(Claim.Complete)));
    }

    [Fact]
    public void A_required_claim_without_evidence_gives_exit_3()
    {
        var report = Cases.Verify(Cases.TwoBundle(), Cases.Trust with { Required = [Claim.Intact, Claim.Proven] });
        Assert.Equal(3, report.ExitCode);
    }

    [Fact]
    public void A_trust_file_reads_back_as_it_was_written()
    {
        var trust = new TrustRoot
        {
            LogKeys = [Cases.LogKey.Trusted(Origin, 1, 900, 800)],
            NotaryKeys = [new TrustedKey("notary", Cases.Stranger.PublicKey.ToArray())],
            WitnessKeys = [new TrustedKey("witness", new byte[32])],
            Images = [new TrustedImage(Digest.Of("m"u8), Digest.Of("i"u8), ["std"])],
            Required = [Claim.Intact, Claim.Witnessed],
        };
        var text = trust.Write();
        Assert.Equal(text, TrustRoot.Parse(text).Write());
        Assert.Equal(trust.LogKeys[0].KeyId, TrustRoot.Parse(text).LogKeys[0].KeyId);
        Assert.Equal(TrustRoot.DefaultRequired, TrustRoot.Parse("""{"loomTrust":1}"""u8.ToArray()).Required);
    }

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData("{}", "loomTrust")]
    [InlineData("""{"loomTrust":2}""", "loomTrust")]
    [InlineData("""{"loomTrust":1,"logkeys":[]}""", "unknown member 'logkeys'")]
    [InlineData("""{"loomTrust":1,"logKeys":[{"name":"a"}]}""", "logKeys[0]: the member 'publicKey' is missing")]
    [InlineData("""{"loomTrust":1,"logKeys":[{"name":"a","publicKey":"AAAA"}]}""", "P-256")]
    [InlineData("""{"loomTrust":1,"witnessKeys":[{"name":"a","publicKey":"AAAA"}]}""", "Ed25519")]
    [InlineData("""{"loomTrust":1,"required":["intakt"]}""", "no such claim")]
    [InlineData("""{"loomTrust":1,"required":[7]}""", "JSON type")]
    [InlineData("""{"loomTrust":1,"images":[{"module":"0000000000000000000000000000000000000000000000000000000000000000","image":"0000000000000000000000000000000000000000000000000000000000000000","sets":["proven","provn"]}]}""", "images[0]: a parameter set is not one of std, proven")]
    [InlineData("""{"loomTrust":1,"loomTrust":1}""", "not JSON")]
    public void A_bad_trust_file_says_what_is_wrong(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => TrustRoot.Parse(System.Text.Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_fingerprint_is_sixteen_groups_of_four()
    {
        var text = TrustRoot.Fingerprint(Cases.LogKey.PublicKey.Span);
        Assert.Equal(Digest.Of(Cases.LogKey.PublicKey.Span).ToString(), text.Replace(" ", "", StringComparison.Ordinal));
        Assert.All(text.Split(' '), g => Assert.Equal(4, g.Length));
    }

    [Fact]
    public void The_html_report_escapes_what_the_bundle_says()
    {
        var history = new History("loom.test/<script>alert(1)</script>\u202e");
        history.Append(Cases.Alice);
        var bundle = History.Bundle(history.Source(Cases.LogKey, [Cases.Alice]), Cases.LogKey);
        var html = Cases.Verify(bundle).ToHtml("<b>case</b>.loom");
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", html, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", html, StringComparison.Ordinal);
        Assert.Contains("Who has to be believed", html, StringComparison.Ordinal);
    }
}
