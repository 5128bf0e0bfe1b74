using System.Buffers.Binary;
using System.Text;
using Loom.Core;
using Loom.Provenance;
using Loom.Provenance.Receipts;

namespace Loom.Samples.Tests.Proofs;

/// <summary>A receipt and all that an auditor judges it by; and what a forger can do to each.</summary>
internal sealed record Evidence(LinkReceiptRequest Request)
{
    private const int StatementAt = 16;

    public LinkReceiptResult Verdict => LinkReceiptVerifier.Verify(Request);

    public Link Link => Request.Link;

    public ReceiptFile File => ReceiptFile.Parse(Request.Receipt, out _)!;

    /// <summary>The input, read.</summary>
    public InputFrame Input => InputFrame.Read(File.Input!.Value)!;

    /// <summary>The output, read.</summary>
    public OutputFrame Output => OutputFrame.Read(File.Output!.Value)!;

    /// <summary>Other frames under the same statement and proof.</summary>
    public Evidence WithFrames(byte[]? input = null, byte[]? output = null) =>
        With(File.Statement, input ?? File.Input!.Value.ToArray(), output ?? File.Output!.Value.ToArray());

    /// <summary>Other frames, and a statement that names them, with the same proof.</summary>
    public Evidence WithStatement(byte[]? input = null, byte[]? output = null)
    {
        var (before, after) = (input ?? File.Input!.Value.ToArray(), output ?? File.Output!.Value.ToArray());
        var statement = File.Statement with
        {
            InputDigest = Digest.Of(before),
            InputLength = (ulong)before.Length,
            OutputDigest = Digest.Of(after),
            OutputLength = (ulong)after.Length,
        };
        return With(statement, before, after);
    }

    /// <summary>A statement about another image, with the same proof.</summary>
    public Evidence WithImageId(Digest image) => With(File.Statement with { ImageId = image }, File.Input!.Value.ToArray(), File.Output!.Value.ToArray());

    /// <summary>History written anew, so that the link says what the frames say: whoever holds the log key could.</summary>
    public Evidence WithLinkOfFrames()
    {
        var (opening, link) = (Request.Opening, Link);
        var events = ((ModuleAnswer.Accepted)ModuleAnswer.Read(accepted: true, Output.State, Output.Events)).Events;
        return this with
        {
            Request = Request with
            {
                Link = link with
                {
                    To = Salts.DigestOf(opening.PartSalt(Salts.To)!, Output.State.Span),
                    Command = link.Command with { Digest = Salts.DigestOf(opening.PartSalt(Salts.Command)!, Input.Command.Span) },
                    Events = [.. link.Events.Select((e, i) => e with { Digest = Salts.DigestOf(opening.PartSalt(Salts.Event(i))!, events[i].Data.Span) })],
                },
            },
        };
    }

    /// <summary>The output with one piece of text changed, in the state or in the events.</summary>
    public byte[] OutputWith(bool state, string from, string to) => state
        ? (Output with { State = Changed(Output.State, from, to) }).Write()
        : (Output with { Events = Changed(Output.Events, from, to) }).Write();

    /// <summary>The input with one piece of the command's text changed.</summary>
    public byte[] InputWith(string from, string to) => (Input with { Command = Changed(Input.Command, from, to) }).Write();

    private static byte[] Changed(ReadOnlyMemory<byte> text, string from, string to)
    {
        var before = Encoding.UTF8.GetString(text.Span);
        var at = before.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"'{from}' is not in {before}");
        return Encoding.UTF8.GetBytes(before[..at] + to + before[(at + from.Length)..]);
    }

    private Evidence With(Statement statement, byte[] input, byte[] output)
    {
        var seal = Request.Receipt.Span[..File.SealBytes].ToArray();
        statement.ToArray().CopyTo(seal, StatementAt);
        return this with { Request = Request with { Receipt = (byte[])[.. seal, .. Attachment(1, input), .. Attachment(2, output)] } };
    }

    private static byte[] Attachment(ushort tag, byte[] content)
    {
        var head = new byte[6];
        BinaryPrimitives.WriteUInt16LittleEndian(head, tag);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(2), content.Length);
        return [.. head, .. content];
    }
}
