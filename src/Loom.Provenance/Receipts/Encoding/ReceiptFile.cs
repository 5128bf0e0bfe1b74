using System.Buffers.Binary;
using Loom.Core;

namespace Loom.Provenance.Receipts;

/// <summary>A receipt's envelope (section 1.5): header, statement, proof and attachments, strictly in their one form.</summary>
public sealed class ReceiptFile
{
    internal const ushort Version = 1, StarkBackend = 1;
    internal const int HeaderBytes = 16 + Statement.Size + 8;
    private const ushort InputTag = 1, OutputTag = 2, ImageTag = 3, NoteTag = 4;

    private ReceiptFile(Statement statement, ReadOnlyMemory<byte> proof) => (Statement, Proof) = (statement, proof);

    /// <summary>What the receipt says it proves.</summary>
    public Statement Statement { get; }

    /// <summary>The input that came with the receipt, if any; it hashes to the statement's digest.</summary>
    public ReadOnlyMemory<byte>? Input { get; private set; }

    /// <summary>The output that came with the receipt, if any; it hashes to the statement's digest.</summary>
    public ReadOnlyMemory<byte>? Output { get; private set; }

    /// <summary>The image that came with the receipt, if any; it hashes to the statement's image id.</summary>
    public ReadOnlyMemory<byte>? Image { get; private set; }

    /// <summary>Bytes of the receipt without its attachments.</summary>
    public int SealBytes => HeaderBytes + Proof.Length;

    internal ReadOnlyMemory<byte> Proof { get; }

    /// <summary>Reads a receipt; says what is wrong with bytes that are none. A receipt that can be read proves nothing yet.</summary>
    /// <param name="bytes">Have to stay as they are while the receipt is used.</param>
    /// <param name="error">Why the result is null.</param>
    public static ReceiptFile? Parse(ReadOnlyMemory<byte> bytes, out ReceiptError? error)
    {
        var span = bytes.Span;
        error = Header(span);
        if (error is not null)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(span[(HeaderBytes - 8)..]);
        if (length > (ulong)(span.Length - HeaderBytes))
        {
            error = new(ReceiptCheck.ProofField, "receipt, proof_len", $"at most the {span.Length - HeaderBytes} bytes that follow", $"{length}");
            return null;
        }

        var file = new ReceiptFile(Statement.Read(span.Slice(16, Statement.Size)), bytes.Slice(HeaderBytes, (int)length));
        error = file.ReadAttachments(bytes[(HeaderBytes + (int)length)..]);
        return error is null ? file : null;
    }

    private static ReceiptError? Header(ReadOnlySpan<byte> span)
    {
        if (span.Length < HeaderBytes)
        {
            return new(ReceiptCheck.Header, "receipt", $"at least {HeaderBytes} bytes", $"{span.Length}");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(span[8..]);
        var backend = BinaryPrimitives.ReadUInt16LittleEndian(span[10..]);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(span[12..]);
        return !span.StartsWith("LOOMRCPT"u8) ? new(ReceiptCheck.Magic, "receipt", "LOOMRCPT", Convert.ToHexString(span[..8]))
            : version != Version ? new(ReceiptCheck.Version, "receipt, version", $"{Version}", $"{version}")
            : backend != StarkBackend ? new(ReceiptCheck.Backend, "receipt, backend", $"{StarkBackend}", $"{backend}")
            : flags != 0 ? new(ReceiptCheck.Flags, "receipt, flags", "0", $"0x{flags:x}")
            : null;
    }

    private ReceiptError? ReadAttachments(ReadOnlyMemory<byte> left)
    {
        var last = 0;
        while (!left.IsEmpty)
        {
            if (left.Length < 6)
            {
                return new(ReceiptCheck.AttachmentForm, "receipt, attachments", "a tag and a length", $"{left.Length} bytes");
            }

            var tag = BinaryPrimitives.ReadUInt16LittleEndian(left.Span);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(left.Span[2..]);
            if (tag <= last || tag > NoteTag)
            {
                return new(ReceiptCheck.AttachmentForm, "receipt, attachment tag", $"{last + 1} to {NoteTag}", $"{tag}");
            }

            if (length > (uint)(left.Length - 6))
            {
                return new(ReceiptCheck.AttachmentForm, $"receipt, attachment {tag}", $"at most {left.Length - 6} bytes", $"{length}");
            }

            var content = left.Slice(6, (int)length);
            if (Take(tag, content) is { } error)
            {
                return error;
            }

            last = tag;
            left = left[(6 + (int)length)..];
        }

        return null;
    }

    private ReceiptError? Take(ushort tag, ReadOnlyMemory<byte> content)
    {
        switch (tag)
        {
            case InputTag:
                Input = content;
                return Same("input", Digest.Of(content.Span), Statement.InputDigest);
            case OutputTag:
                Output = content;
                return Same("output", Digest.Of(content.Span), Statement.OutputDigest);
            case ImageTag:
                Image = content;
                return Same("image", ReceiptImage.IdOf(content.Span), Statement.ImageId);
            default:
                return null; // a note says nothing
        }
    }

    private static ReceiptError? Same(string what, Digest got, Digest expected) =>
        got == expected ? null : new(ReceiptCheck.AttachmentDigest, $"receipt, attached {what}", $"{expected}", $"{got}");
}
