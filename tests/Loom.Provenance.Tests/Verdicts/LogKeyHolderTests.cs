using Loom.Core;

namespace Loom.Provenance.Tests;

/// <summary>
/// What somebody with the log's key can still do, item by item (<c>docs/trust-model.md</c> has the same list): each item shows the verdict
/// without outside help, and what would have noticed.
/// </summary>
public sealed class LogKeyHolderTests
{
    private static byte[] Signed(History history, long? size = null, params long[] from) =>
        History.Bundle(history.Source(Cases.LogKey, [Cases.Alice], size, BundleHide.None, 0, from), Cases.LogKey);

    private static VerificationReport With(byte[] bundle, SignedNote seen) => Cases.Verify(bundle, options: Cases.Options with { Seen = seen });

    [Fact]
    public void Rewriting_all_of_history_is_noticed_only_by_an_earlier_checkpoint()
    {
        var honest = Cases.Two();
        var forged = Signed(Cases.Two("forged"), null, 12);
        Assert.Equal(0, Cases.Verify(forged).ExitCode);
        Assert.Equal(Verdict.False, With(forged, honest.Note(12, Cases.LogKey)).Of(Claim.Consistent));
    }

    [Fact]
    public void Showing_two_auditors_two_histories_is_noticed_when_they_compare_checkpoints()
    {
        var one = Signed(Cases.Two("one"));
        var other = Signed(Cases.Two("other"));
        Assert.Equal((0, 0), (Cases.Verify(one).ExitCode, Cases.Verify(other).ExitCode));
        Assert.True(SignedNote.TryParse(BundleReader.Read(one).CheckpointNote, out var seen));
        Assert.Equal(Verdict.False, With(other, seen).Of(Claim.Consistent));
    }

    [Fact]
    public void Leaving_out_the_newest_transitions_and_stating_that_as_complete_is_believed()
    {
        var history = Cases.Two();
        var source = history.Source(Cases.LogKey, [Cases.Alice]);
        var shorter = source.Streams[0] with { Events = history[Cases.Alice].SkipLast(2).SelectMany(m => m.Events), Leaves = [.. source.Streams[0].Leaves.SkipLast(2)], Head = null };
        var report = Cases.Verify(History.Bundle(source with { Streams = [shorter] }, Cases.LogKey));
        Assert.Equal((0, Verdict.Holds), (report.ExitCode, report.Of(Claim.Complete)));
        Assert.Contains("its word", report.Claims.Single(c => c.Claim == Claim.Complete).WhoHasToBeBelieved, StringComparison.Ordinal);
    }

    [Fact]
    public void Going_back_to_an_earlier_tree_size_is_noticed_only_by_a_later_checkpoint()
    {
        var history = Cases.Two();
        var rolledBack = Signed(history, 7);
        Assert.Equal(0, Cases.Verify(rolledBack).ExitCode);
        Assert.Equal((3, Verdict.NotCovered), (With(rolledBack, history.Note(20, Cases.LogKey)).ExitCode, With(rolledBack, history.Note(20, Cases.LogKey)).Of(Claim.Consistent)));
    }

    [Fact]
    public void A_time_may_be_wrong_from_the_start_but_never_goes_back()
    {
        var backdated = new History();
        backdated.Append(Cases.Alice, at: History.Start.AddYears(-5));
        backdated.Append(Cases.Alice, at: History.Start.AddYears(-4));
        Assert.Equal(0, Cases.Verify(Signed(backdated)).ExitCode);

        var future = new History();
        future.Append(Cases.Alice, at: Cases.At.AddYears(1));
        var report = Cases.Verify(Signed(future));
        Assert.Equal(0, report.ExitCode);
        Assert.Contains(report.Notes, n => n.Contains("after the declared time", StringComparison.Ordinal));
    }

    [Fact]
    public void Naming_a_principal_that_never_asked_is_believed()
    {
        // The host authenticates and the link says what it found: no claim proves that alice herself sent the command.
        var history = new History();
        history.Append(Cases.Alice, command: """{"amount":"1000000.00"}""");
        Assert.Equal(0, Cases.Verify(Signed(history)).ExitCode);
    }

    [Fact]
    public void A_state_that_does_not_follow_from_the_events_is_found_by_replay_or_proof_only()
    {
        var history = new History();
        history.Append(Cases.Alice, state: """{"balance":999999}""");
        var report = Cases.Verify(Signed(history));
        Assert.Equal((0, Verdict.NotCovered, Verdict.NotCovered), (report.ExitCode, report.Of(Claim.Replayed), report.Of(Claim.Proven)));
    }

    [Fact]
    public void A_chain_that_does_not_fit_together_stays_false_whoever_signs_it()
    {
        var history = Cases.Two();
        var source = history.Source(Cases.LogKey, [Cases.Alice]);
        var unpacked = new Unpacked(History.Bundle(source, Cases.LogKey));
        var all = unpacked.Stream(0);
        all.RemoveAt(3);
        unpacked.SetStream(0, all);
        var proofs = unpacked.Text(BundleFiles.Inclusion);
        proofs.RemoveAt(3);
        unpacked.SetText(BundleFiles.Inclusion, proofs);
        unpacked.Restate();
        unpacked.Envelope = unpacked.Envelope with { Signature = Cases.LogKey.Sign(DsseEnvelope.PreAuthentication(unpacked.Envelope.Payload)) };
        var report = Cases.Verify(unpacked.Pack(Depth.File));
        Assert.Equal((Verdict.Holds, Verdict.False, Verdict.Holds), (report.Of(Claim.Intact), report.Of(Claim.Ordered), report.Of(Claim.Complete)));
    }

    [Fact]
    public void After_revocation_what_a_thief_signs_does_not_count()
    {
        var trust = new TrustRoot { LogKeys = [Cases.LogKey.Trusted("loom.test/log", revoked: 12)] };
        var later = Cases.Verify(Signed(Cases.Two("thief")), trust);
        Assert.Equal((1, Verdict.False, Verdict.False), (later.ExitCode, later.Of(Claim.Signed), later.Of(Claim.Complete)));
        // Up to the size of the revocation the thief's word and the owner's look alike.
        Assert.Equal(0, Cases.Verify(Signed(Cases.Two("thief"), 12), trust).ExitCode);
    }
}
