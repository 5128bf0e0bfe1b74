using System.Buffers.Binary;
using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Proving;

/// <summary>The bytes behind a receipt's act.</summary>
public static class ReceiptBlobs
{
    private const ushort InputTag = 1, OutputTag = 2, ImageTag = 3;

    /// <summary>
    /// The receipt with its frames attached (section 1.5 of docs/formats/prover.md): the one file that an auditor needs beside the link and
    /// the image. Null when a blob is missing.
    /// </summary>
    /// <exception cref="BlobException">The store cannot be read now, or holds something else there.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(ReceiptAct act, IBlobStore blobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(act);
        ArgumentNullException.ThrowIfNull(blobs);
        if (await blobs.GetAsync(new BlobName(BlobAreas.Receipts, act.Seal), cancellationToken) is not { } seal
            || await blobs.GetAsync(new BlobName(BlobAreas.Frames, act.Input), cancellationToken) is not { } input
            || await blobs.GetAsync(new BlobName(BlobAreas.Frames, act.Output), cancellationToken) is not { } output)
        {
            return null;
        }

        return (byte[])[.. seal.Span, .. Attachment(InputTag, input), .. Attachment(OutputTag, output)];
    }

    /// <summary>The same with the image too: what a stranger needs who computed the image id from the module.</summary>
    /// <param name="receipt">A receipt with its frames.</param>
    /// <param name="image">The image that it names.</param>
    public static ReadOnlyMemory<byte> WithImage(ReadOnlyMemory<byte> receipt, ReadOnlyMemory<byte> image) => (byte[])[.. receipt.Span, .. Attachment(ImageTag, image)];

    private static byte[] Attachment(ushort tag, ReadOnlyMemory<byte> content)
    {
        var bytes = new byte[6 + content.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, tag);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(2), (uint)content.Length);
        content.Span.CopyTo(bytes.AsSpan(6));
        return bytes;
    }
}
