using Loom.Provenance.Receipts;

namespace Loom.Proving;

/// <summary>The verifier of loom-stark-v1, with the one image and the one parameter set that are expected.</summary>
public sealed class StarkVerifier : IReceiptVerifier
{
    /// <inheritdoc/>
    public ReceiptVerdict Verify(ExpectedReceipt expected, ReadOnlyMemory<byte> receipt)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (ParameterSet.OfName(expected.Set) is not { } set)
        {
            return new ReceiptVerdict.Refused("ParameterSetAllowed", $"there is no parameter set '{expected.Set}'");
        }

        if (ReceiptImage.Parse(expected.Image.Bytes, out var error) is not { } image)
        {
            return Refused(error!);
        }

        if (image.Module != expected.Module)
        {
            return new ReceiptVerdict.Refused("ImageModule", $"the image is of the module {image.Module}, expected {expected.Module}");
        }

        if (ReceiptFile.Parse(receipt, out error) is not { } file)
        {
            return Refused(error!);
        }

        // Attachments are hints: what is kept, and verified, is the receipt without them.
        var seal = receipt[..file.SealBytes];
        var policy = new ReceiptPolicy { Images = [expected.Image.Id], AllowedSets = [set], MaxSegments = 1 };
        var result = ReceiptVerifier.Verify(policy, expected.Image.Bytes, file.Statement, expected.Input.Span, expected.Output.Span, seal);
        return result.Error is { } refused ? Refused(refused) : new ReceiptVerdict.Proven(file.Statement.ToArray(), seal);
    }

    private static ReceiptVerdict.Refused Refused(ReceiptError error) => new(error.Check.ToString(), error.ToString());
}
