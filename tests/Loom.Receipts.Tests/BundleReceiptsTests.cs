using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>Receipts picked out of a bundle, each judged against its own transition.</summary>
public sealed class BundleReceiptsTests
{
    private static readonly CounterLife Life = new();
    private static readonly byte[] Image = CorpusCase.Bytes("counter.image");
    private static readonly TrustedImage Trusted = CounterLife.Trusted(Image, "std", "proven");

    private static BundleTransition[] Read(BundleHide hide, bool image, params (long Revision, string Receipt)[] receipts)
    {
        var source = Life.History.Source(Cases.LogKey, [CounterLife.Stream], hide: hide);
        var bundle = History.Bundle(
            source with
            {
                Images = image ? new Dictionary<Digest, ReadOnlyMemory<byte>> { [ReceiptImage.IdOf(Image)] = Image } : [],
                Streams = [source.Streams[0] with { Receipts = receipts.ToDictionary(r => r.Revision, r => (ReadOnlyMemory<byte>)CorpusCase.Bytes(r.Receipt)) }],
            },
            Cases.LogKey);
        return [.. BundleReceipts.Read(BundleReader.Read(bundle))];
    }

    [Fact]
    public void Each_transition_comes_with_its_receipt_and_is_judged_alone()
    {
        var both = Read(BundleHide.None, image: true, (0, "counter-1.std.receipt"), (1, "counter-1.std.receipt"));
        Assert.Equal([0L, 1L], both.Select(t => t.Link.Revision));
        Assert.Null(both[0].Verify([Trusted]).Failed);
        var other = both[1].Verify([Trusted]); // a true receipt, of the transition before
        Assert.False(other.IsNotCovered);
        Assert.Equal(LinkReceiptCheck.StateBefore, other.Failed);

        var second = Read(BundleHide.None, image: true, (1, "counter-2.proven.receipt"));
        Assert.Equal(LinkReceiptCheck.Frames, second[0].Verify([Trusted]).Failed);
        Assert.Null(second[1].Verify([Trusted]).Failed);
    }

    [Fact]
    public void Without_trust_image_or_disclosure_a_transition_is_not_covered()
    {
        var one = Read(BundleHide.None, image: true, (0, "counter-1.std.receipt"))[0];
        Assert.Equal(LinkReceiptCheck.TrustedImage, one.Verify([]).Failed);
        Assert.Equal(LinkReceiptCheck.TrustedSet, one.Verify([Trusted with { Sets = ["proven"] }]).Failed);
        Assert.Equal(LinkReceiptCheck.Image, Read(BundleHide.None, image: false, (0, "counter-1.std.receipt"))[0].Verify([Trusted]).Failed);
        Assert.All(Read(BundleHide.Data, image: true, (0, "counter-1.std.receipt")), t => Assert.True(t.Verify([Trusted]) is { IsNotCovered: true, Failed: LinkReceiptCheck.Frames }));
    }
}
