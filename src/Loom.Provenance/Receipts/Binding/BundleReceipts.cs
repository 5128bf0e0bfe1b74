using Loom.Core;

namespace Loom.Provenance.Receipts;

/// <summary>A transition of a bundle, and its receipt with what binds one to the other. Whether the link is history is not asked here.</summary>
public sealed record BundleTransition
{
    /// <summary>The transition's link, as the bundle states it.</summary>
    public required Link Link { get; init; }

    /// <summary>The receipt; null when the bundle has none for it.</summary>
    public required ReadOnlyMemory<byte>? Receipt { get; init; }

    /// <summary>The image that the receipt names; null when the bundle has none of that id.</summary>
    public required ReadOnlyMemory<byte>? Image { get; init; }

    /// <summary>What opens the link's digests.</summary>
    public required Opening Opening { get; init; }

    /// <summary>The part salt <c>to</c> of the transition before; null at birth, or when it is not disclosed.</summary>
    public required ReadOnlyMemory<byte>? SaltBefore { get; init; }

    /// <summary>Whether the receipt proves the transition, under the images that the caller trusts.</summary>
    public LinkReceiptResult Verify(IReadOnlyList<TrustedImage> trusted) =>
        !Link.Machine.IsWasm ? No(LinkReceiptCheck.Kind, $"it was decided by {Link.Machine}, which is no module")
        : Link.Kind == LinkKind.Upgrade ? No(LinkReceiptCheck.Kind, "it is an upgrade: no module ran")
        : Receipt is not { } receipt ? No(LinkReceiptCheck.Frames, "it has no receipt")
        : Opening.Salt is null || (Link.From is not null && SaltBefore is null) ? No(LinkReceiptCheck.Frames, "what its receipt is compared with is encrypted, erased or hidden")
        : LinkReceiptVerifier.Verify(new LinkReceiptRequest { Link = Link, Opening = Opening, SaltBefore = SaltBefore, Trusted = trusted, Image = Image, Receipt = receipt });

    private static LinkReceiptResult No(LinkReceiptCheck check, string reason) => new() { Failed = check, Reason = reason };
}

/// <summary>Picks transitions and their receipts out of a bundle.</summary>
public static class BundleReceipts
{
    /// <summary>Every transition of every stream, in the bundle's order.</summary>
    /// <exception cref="BundleMalformedException">A line has not the form of the format.</exception>
    public static IEnumerable<BundleTransition> Read(Bundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        for (var stream = 0; stream < bundle.Statement.Streams.Count; stream++)
        {
            ReadOnlyMemory<byte>? saltBefore = bundle.File(BundleFiles.StateBefore(stream)) is { } file
                ? StateFile.Parse(BundleFiles.StateBefore(stream), file).PartSalt
                : default(ReadOnlyMemory<byte>?);
            foreach (var (_, line) in bundle.ReadLines(bundle.Statement.Streams[stream].File))
            {
                if (line.Metadata.Link is not { } link)
                {
                    continue;
                }

                var receipt = bundle.File(BundleFiles.Receipt(stream, link.Revision));
                var id = receipt is { } bytes ? ReceiptFile.Parse(bytes, out _)?.Statement.ImageId : null;
                yield return new BundleTransition
                {
                    Link = link,
                    Receipt = receipt,
                    Image = id is { } image ? bundle.File(BundleFiles.Image(image)) : default(ReadOnlyMemory<byte>?),
                    Opening = line.Metadata.Opening!,
                    SaltBefore = saltBefore,
                };
                saltBefore = line.Metadata.Opening!.PartSalt(Salts.To) is { } salt ? (ReadOnlyMemory<byte>)salt : default(ReadOnlyMemory<byte>?);
            }
        }
    }
}
