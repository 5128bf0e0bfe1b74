using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>The claim <c>proven</c> of bundles that carry receipts.</summary>
public sealed class ProvenClaimTests
{
    private static readonly CounterLife Life = new();
    private static readonly TrustRoot Trust = Cases.Trust with { Images = [CounterLife.Trusted(CounterLife.Image, "proven")] };

    private static byte[] Unsealed(int n) => CounterLife.Unsealed(CounterLife.Image, Life.Input(n).Write(), Life.Output(n).Write());

    private static BundleSource Source(BundleHide hide = BundleHide.None, params int[] receipts)
    {
        var source = Life.History.Source(Cases.LogKey, [CounterLife.Stream], hide: hide);
        return source with
        {
            Images = new Dictionary<Digest, ReadOnlyMemory<byte>> { [ReceiptImage.IdOf(CounterLife.Image)] = CounterLife.Image },
            Streams = [source.Streams[0] with { Receipts = receipts.ToDictionary(n => Life[n].Link.Revision, n => (ReadOnlyMemory<byte>)Unsealed(n)) }],
        };
    }

    private static byte[] Bundle(BundleHide hide = BundleHide.None, params int[] receipts) => History.Bundle(Source(hide, receipts), Cases.LogKey);

    private static ClaimVerdict Proven(VerificationReport report) => report.Claims.Single(c => c.Claim == Claim.Proven);

    [Fact]
    public void A_bundle_without_receipts_is_not_covered()
    {
        var line = Proven(Cases.Verify(Bundle(), Trust));

        Assert.Equal((Verdict.NotCovered, "the bundle has no receipts"), (line.Verdict, line.Reason));
    }

    [Fact]
    public void A_receipt_that_proves_nothing_is_false_at_its_revision_and_file()
    {
        var report = Cases.Verify(Bundle(receipts: [0, 1]), Trust);
        var line = Proven(report);

        Assert.Equal((Verdict.False, CounterLife.Stream, 0L, "receipts/0001-0.receipt"), (line.Verdict, line.Stream, line.Revision!.Value, line.Place));
        Assert.Equal(Verdict.Holds, report.Of(Claim.Intact));
        Assert.Equal(1, report.ExitCode);
        Assert.Contains("proves nothing", line.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trust_file_without_the_image_leaves_it_not_covered()
    {
        var line = Proven(Cases.Verify(Bundle(receipts: [0, 1])));

        Assert.Equal(Verdict.NotCovered, line.Verdict);
        Assert.Contains("receipts prove 0 of 2 transitions; counter-a at revision 0: the trust file does not name the image id", line.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_put_beside_another_transition_is_false()
    {
        var unpacked = new Unpacked(Bundle(receipts: [0]));
        unpacked.Files[BundleFiles.Receipt(0, 1)] = unpacked.Files[BundleFiles.Receipt(0, 0)];
        unpacked.Files.Remove(BundleFiles.Receipt(0, 0));
        var line = Proven(Cases.Verify(unpacked.Pack(Depth.Stranger), Trust));

        Assert.Equal((Verdict.False, 1L), (line.Verdict, line.Revision!.Value));
        Assert.Contains("does not open 'from'", line.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Receipts_and_images_that_belong_nowhere_are_not_intact()
    {
        foreach (var (name, content) in new[]
        {
            (BundleFiles.Receipt(0, 5), Unsealed(0)),
            (BundleFiles.Receipt(3, 0), Unsealed(0)),
            (BundleFiles.Image(Digest.Of([1])), CounterLife.Image),
            (BundleFiles.Image(ReceiptImage.IdOf(CounterLife.MakeImage(Digest.Of([1])))), CounterLife.MakeImage(Digest.Of([1]))),
        })
        {
            var unpacked = new Unpacked(Bundle(receipts: [0]));
            unpacked.Files[name] = content;
            Assert.True(Cases.Verify(unpacked.Pack(Depth.Stranger), Trust).Of(Claim.Intact) == Verdict.False, name);
        }
    }

    [Theory]
    [InlineData("receipts/0001-01.receipt")]
    [InlineData("receipts/1-0.receipt")]
    [InlineData("receipts/0000-0.receipt")]
    [InlineData("receipts/0001--1.receipt")]
    [InlineData("receipts/0001-0.receipt/x")]
    [InlineData("images/abc.image")]
    public void A_file_with_another_name_is_malformed(string name)
    {
        var unpacked = new Unpacked(Bundle(receipts: [0]));
        unpacked.Files[name] = [1];

        Assert.NotNull(Cases.Verify(unpacked.Pack(Depth.Stranger), Trust).Malformed);
    }

    [Fact]
    public void Hidden_parts_take_the_receipts_with_them()
    {
        foreach (var hide in new[] { BundleHide.Data, BundleHide.Commands })
        {
            var bundle = Bundle(hide, 0, 1);
            Assert.DoesNotContain(new Unpacked(bundle).Files.Keys, k => k.StartsWith("receipts/", StringComparison.Ordinal) || k.StartsWith("images/", StringComparison.Ordinal));
            Assert.Equal(Verdict.NotCovered, Proven(Cases.Verify(bundle, Trust)).Verdict);
        }
    }

    [Fact]
    public void A_bundle_of_several_streams_holds_thousands_of_receipts_of_which_one_at_a_time_is_asked_for()
    {
        const int each = 600;
        string[] names = ["counter-a", "counter-b", "counter-c"];
        var history = new History();
        history.AddModule(CounterLife.Sample.Wasm);
        for (var i = 0; i < each * names.Length; i++)
        {
            history.Append(
                names[i % names.Length], machine: MachineId.Wasm(CounterLife.Module), commandType: "increment", command: "{}", state: "{}",
                emitted: [new EmittedEvent("incremented.v1", EventData.Json, "{}"u8.ToArray())]);
        }

        var source = history.Source(Cases.LogKey, names);
        var receipts = new Asked(Unsealed(0));
        var bundle = History.Bundle(
            source with
            {
                Images = new Dictionary<Digest, ReadOnlyMemory<byte>> { [ReceiptImage.IdOf(CounterLife.Image)] = CounterLife.Image },
                Streams = [.. source.Streams.Select(s => s with { Receipts = receipts })],
            },
            Cases.LogKey);
        var read = BundleReader.Read(bundle);

        Assert.Equal(each * names.Length, new Unpacked(bundle).Files.Keys.Count(f => f.StartsWith("receipts/", StringComparison.Ordinal)));
        Assert.Equal(names.Length, read.Streams.Count);
        Assert.Equal((Verdict.Holds, Verdict.False), (Cases.Verify(bundle, Trust).Of(Claim.Intact), Cases.Verify(bundle, Trust).Of(Claim.Proven)));
        Assert.InRange(receipts.Times, each * names.Length, 3 * each * names.Length); // read, hashed, written: none is kept
    }

    [Fact]
    public void A_writer_refuses_receipts_that_no_verifier_could_use()
    {
        BundleSource With(byte[] receipt)
        {
            var source = Source();
            return source with { Streams = [source.Streams[0] with { Receipts = new Dictionary<long, ReadOnlyMemory<byte>> { [0] = receipt } }] };
        }

        var bare = CounterLife.Unsealed(CounterLife.Image, Life.Input(0).Write(), Life.Output(0).Write(), attached: false);
        Assert.Contains("attach", Assert.Throws<InvalidOperationException>(() => History.Bundle(With(bare), Cases.LogKey)).Message, StringComparison.Ordinal);
        Assert.Contains("none", Assert.Throws<InvalidOperationException>(() => History.Bundle(With([1, 2]), Cases.LogKey)).Message, StringComparison.Ordinal);
    }

    // A receipt for every transition, counted when it is asked for.
    private sealed class Asked(byte[] receipt) : IReadOnlyDictionary<long, ReadOnlyMemory<byte>>
    {
        public int Times { get; private set; }

        public IEnumerable<long> Keys => throw new NotSupportedException("A writer knows which it wants.");

        public IEnumerable<ReadOnlyMemory<byte>> Values => throw new NotSupportedException("A writer asks for one at a time.");

        public int Count => throw new NotSupportedException("A writer knows which it wants.");

        public ReadOnlyMemory<byte> this[long revision] => TryGetValue(revision, out var bytes) ? bytes : default;

        public bool ContainsKey(long revision) => true;

        public bool TryGetValue(long revision, out ReadOnlyMemory<byte> value)
        {
            Times++;
            value = (byte[])[.. receipt];
            return true;
        }

        public IEnumerator<KeyValuePair<long, ReadOnlyMemory<byte>>> GetEnumerator() => throw new NotSupportedException("A writer asks for one at a time.");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
