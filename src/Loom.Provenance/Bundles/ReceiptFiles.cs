using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Provenance;

/// <summary>Adds the receipts of transitions to a bundle's files, and the images that they name.</summary>
internal sealed class ReceiptFiles(BundleSource source, BundleContents files)
{
    private int _count;

    public bool Any => _count > 0;

    /// <summary>Adds the receipt of the transition of a stream that begins at a revision, if there is one; says why it cannot be added, else null.</summary>
    public string? Add(BundleStream stream, int index, long revision)
    {
        if (source.Hide != BundleHide.None || !stream.Receipts.TryGetValue(revision, out var receipt))
        {
            return null;
        }

        if (ReceiptFile.Parse(receipt, out var error) is not { } parsed)
        {
            return $"what was given as its receipt is none: {error}";
        }

        if (parsed.Input is null || parsed.Output is null)
        {
            return "its receipt comes without input and output, which a verifier cannot do without; attach them";
        }

        files.AddLater(BundleFiles.Receipt(index, revision), () => stream.Receipts[revision]);
        var id = parsed.Statement.ImageId;
        if (source.Images.TryGetValue(id, out var image) && files.TryAdd(BundleFiles.Image(id), image) && ReceiptImage.IdOf(image.Span) != id)
        {
            return $"what was given as the image {id} of its receipt is something else";
        }

        return ++_count <= BundleLimits.MaxReceipts ? null : $"a bundle holds at most {BundleLimits.MaxReceipts} receipts; export fewer streams";
    }
}
