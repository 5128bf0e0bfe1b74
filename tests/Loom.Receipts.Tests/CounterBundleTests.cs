using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>A bundle whose transitions are proven by receipts of the prover, one with each of two parameter sets.</summary>
public sealed class CounterBundleTests
{
    private static readonly CounterLife Life = new();
    private static readonly byte[] Image = CorpusCase.Bytes("counter.image");

    private static TrustRoot Trust(params string[] sets) => Cases.Trust with { Images = [CounterLife.Trusted(Image, sets)] };

    private static byte[] Receipt(int n) => CorpusCase.Bytes(n == 0 ? "counter-1.std.receipt" : "counter-2.proven.receipt");

    private static byte[] Bundle(params (long Revision, int Receipt)[] receipts)
    {
        var source = Life.History.Source(Cases.LogKey, [CounterLife.Stream]);
        return History.Bundle(
            source with
            {
                Images = new Dictionary<Digest, ReadOnlyMemory<byte>> { [ReceiptImage.IdOf(Image)] = Image },
                Streams = [source.Streams[0] with { Receipts = receipts.ToDictionary(r => r.Revision, r => (ReadOnlyMemory<byte>)Receipt(r.Receipt)) }],
            },
            Cases.LogKey);
    }

    private static ClaimVerdict Proven(byte[] bundle, TrustRoot trust) => Cases.Verify(bundle, trust).Claims.Single(c => c.Claim == Claim.Proven);

    [Fact]
    public void A_bundle_with_a_receipt_for_every_transition_is_proven()
    {
        var report = Cases.Verify(Bundle((0, 0), (1, 1)), Trust("std", "proven") with { Required = [.. TrustRoot.DefaultRequired, Claim.Proven, Claim.Replayed] });
        var line = report.Claims.Single(c => c.Claim == Claim.Proven);

        Assert.True(line.Verdict == Verdict.Holds && report.ExitCode == 0, report.Explain());
        Assert.Equal($"proven (image id {ReceiptImage.IdOf(Image)}; set proven: 104 bits proven, 116 conjectured; set std: 59 bits proven, 100 conjectured)", line.Title);
        Assert.Contains("2 transitions", line.Reason, StringComparison.Ordinal);
        Assert.Contains("audited", line.WhoHasToBeBelieved, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transition_without_a_receipt_leaves_it_not_covered()
    {
        var line = Proven(Bundle((0, 0)), Trust("std"));

        Assert.Equal(Verdict.NotCovered, line.Verdict);
        Assert.Contains("receipts prove 1 of 2 transitions; counter-a at revision 1: it has no receipt", line.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_that_the_trust_file_does_not_accept_leaves_it_not_covered()
    {
        var line = Proven(Bundle((0, 0), (1, 1)), Trust("proven"));

        Assert.Equal(Verdict.NotCovered, line.Verdict);
        Assert.Contains("does not accept the parameter set 'std'", line.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_true_receipt_of_another_transition_is_false_here()
    {
        var line = Proven(Bundle((0, 0), (1, 0)), Trust("std", "proven"));

        Assert.Equal((Verdict.False, 1L), (line.Verdict, line.Revision!.Value));
    }

    [Fact]
    public void What_the_log_key_holder_made_up_is_false_though_its_receipt_is_true()
    {
        var history = new History();
        history.AddModule(CounterLife.Sample.Wasm);
        history.Append(
            CounterLife.Stream, machine: MachineId.Wasm(CounterLife.Module), commandType: "increment", command: "{}", state: """{"count":1000}""",
            emitted: [new EmittedEvent("incremented.v1", EventData.Json, """{"by":1,"count":1}"""u8.ToArray())]);
        var source = history.Source(Cases.LogKey, [CounterLife.Stream]);
        var bundle = History.Bundle(
            source with
            {
                Images = new Dictionary<Digest, ReadOnlyMemory<byte>> { [ReceiptImage.IdOf(Image)] = Image },
                Streams = [source.Streams[0] with { Receipts = new Dictionary<long, ReadOnlyMemory<byte>> { [0] = Receipt(0) } }],
            },
            Cases.LogKey);
        var line = Proven(bundle, Trust("std"));

        Assert.Equal((Verdict.False, 0L), (line.Verdict, line.Revision!.Value));
        Assert.Contains("'to'", line.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_byte_of_a_receipt_in_a_bundle_is_false()
    {
        var unpacked = new Unpacked(Bundle((0, 0), (1, 1)));
        unpacked.Files[BundleFiles.Receipt(0, 1)][400_000] ^= 1;
        var report = Cases.Verify(unpacked.Pack(Depth.Stranger), Trust("std", "proven"));

        Assert.Equal(Verdict.False, report.Of(Claim.Proven));
        Assert.Equal("receipts/0001-1.receipt", report.Claims.Single(c => c.Claim == Claim.Proven).Place);
    }

    [Fact]
    public void A_receipt_proves_its_transition_and_gives_the_state_after_it()
    {
        var result = LinkReceiptVerifier.Verify(Life.Request(1, Receipt(1), Image, "proven"));

        Assert.Null(result.Failed);
        Assert.Equal("""{"count":2}"""u8.ToArray(), result.State.ToArray());
        Assert.Equal(ReceiptImage.IdOf(Image), result.Image);
    }
}
