using Loom.Core;

namespace Loom.Provenance.Tests;

public sealed class BundleRoundTripTests
{
    [Fact]
    public void A_bundle_of_two_streams_verifies()
    {
        var report = Cases.Verify(Cases.TwoBundle());
        Assert.True(report.ExitCode == 0, report.Explain());
        Assert.All([Claim.Intact, Claim.Ordered, Claim.Signed, Claim.Complete, Claim.Disclosed], c => Assert.Equal(Verdict.Holds, report.Of(c)));
        Assert.All([Claim.Consistent, Claim.Witnessed, Claim.Origin, Claim.Proven, Claim.Replayed], c => Assert.Equal(Verdict.NotCovered, report.Of(c)));
        Assert.Equal(14, report.Bundle!.Transitions);
        Assert.Equal(20, report.Bundle.TreeSize);
        Assert.Equal([Cases.Alice, Cases.Bob], report.Bundle.Streams.Select(s => s.Name));
    }

    [Fact]
    public void The_same_source_gives_the_same_bytes_but_for_the_signature()
    {
        var source = Cases.Two().Source(Cases.LogKey, [Cases.Alice, Cases.Bob]);
        var first = History.Bundle(source, Cases.LogKey);
        var second = History.Bundle(source with { Streams = [.. source.Streams.Reverse()] }, Cases.LogKey);
        var a = Zip.ZipReader.Read(first, 100);
        var b = Zip.ZipReader.Read(second, 100);
        Assert.Equal(a.Keys, b.Keys);
        Assert.All(a.Keys.Where(k => k != "bundle.dsse.json"), k => Assert.True(a[k].Span.SequenceEqual(b[k].Span), k));
        Assert.Equal(DsseEnvelope.Parse(a["bundle.dsse.json"]).Payload, DsseEnvelope.Parse(b["bundle.dsse.json"]).Payload);
    }

    [Fact]
    public void A_kept_envelope_is_used_again_for_the_same_content_only()
    {
        var history = Cases.Two();
        var source = history.Source(Cases.LogKey, [Cases.Alice]);
        var first = History.Bundle(source, Cases.LogKey);
        var envelope = BundleWriter.EnvelopeOf(first);
        Assert.Equal(first, History.Bundle(source, Cases.LogKey, envelope));

        var other = History.Bundle(history.Source(Cases.LogKey, [Cases.Bob]), Cases.LogKey, envelope);
        Assert.NotEqual(envelope, BundleWriter.EnvelopeOf(other));
        Assert.Equal(0, Cases.Verify(other).ExitCode);
        var byStranger = History.Bundle(source, Cases.Stranger, envelope);
        Assert.NotEqual(envelope, BundleWriter.EnvelopeOf(byStranger));
    }

    [Fact]
    public void A_range_that_starts_later_holds_from_its_first_revision()
    {
        var history = Cases.Two();
        var report = Cases.Verify(History.Bundle(history.Source(Cases.LogKey, [Cases.Alice], skip: 2), Cases.LogKey));
        Assert.True(report.ExitCode == 0, report.Explain());
        Assert.Equal(3, report.Bundle!.Streams[0].FirstRevision);
        Assert.Contains("from revision 3", report.Claims.Single(c => c.Claim == Claim.Ordered).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_at_an_earlier_tree_size_holds_what_was_in_the_log_then()
    {
        var history = Cases.Two();
        var report = Cases.Verify(History.Bundle(history.Source(Cases.LogKey, [Cases.Alice], size: 7), Cases.LogKey));
        Assert.True(report.ExitCode == 0, report.Explain());
        Assert.Equal(3, report.Bundle!.Transitions);
    }

    [Fact]
    public void An_upgrade_and_binary_content_and_a_null_body_verify()
    {
        var history = new History();
        history.Append(Cases.Alice, data: "null");
        history.Append(Cases.Alice, state: "\u0001 not json");
        var report = Cases.Verify(History.Bundle(history.Source(Cases.LogKey, [Cases.Alice]), Cases.LogKey));
        Assert.True(report.ExitCode == 0, report.Explain());
        Assert.Equal(Verdict.Holds, report.Of(Claim.Disclosed));
    }

    [Fact]
    public void Links_can_be_read_from_a_bundle()
    {
        var history = Cases.Two();
        var bundle = BundleReader.Read(Cases.TwoBundle());
        Assert.Equal(history[Cases.Bob].Select(m => m.Link.Hash), bundle.ReadLinks(Cases.Bob).Select(l => l.Hash));
    }

    [Fact]
    public void A_stream_with_a_gap_or_an_unfinished_transition_is_not_written()
    {
        var history = Cases.Two();
        var source = history.Source(Cases.LogKey, [Cases.Alice]);
        var events = source.Streams[0].Events.ToArray();
        BundleSource With(IEnumerable<RecordedEvent> e) => source with { Streams = [source.Streams[0] with { Events = e }] };
        Assert.Throws<InvalidOperationException>(() => History.Bundle(With(events[..^1]), Cases.LogKey));
        Assert.Throws<InvalidOperationException>(() => History.Bundle(With([events[0], .. events[3..]]), Cases.LogKey));
        Assert.Throws<InvalidOperationException>(() => History.Bundle(With([]), Cases.LogKey));
    }
}
