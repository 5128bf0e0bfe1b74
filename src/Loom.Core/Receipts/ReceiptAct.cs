using System.Buffers;
using System.Text.Json;

namespace Loom.Core;

/// <summary>
/// The body of <c>loom.receipts.attached</c>, the act that attaches a receipt to a transition. It names bytes by their SHA-256; they are
/// blobs beside the journal, and files in a bundle. It proves nothing by itself.
/// </summary>
public sealed record ReceiptAct
{
    /// <summary>The act's name.</summary>
    public const string Attached = "attached";

    /// <summary>Bytes of a statement.</summary>
    public const int StatementBytes = 128;

    private static readonly string[] Members =
        ["cycles", "image", "imageId", "input", "link", "module", "output", "revision", "seal", "sealBytes", "set", "statement", "stream", "v"];

    /// <summary>The link of the transition.</summary>
    public required Digest Link { get; init; }

    /// <summary>Its stream.</summary>
    public required StreamName Stream { get; init; }

    /// <summary>Its first revision.</summary>
    public required long Revision { get; init; }

    /// <summary>The module that ran.</summary>
    public required Digest Module { get; init; }

    /// <summary>What it was proven of.</summary>
    public required Digest ImageId { get; init; }

    /// <summary>The image's bytes.</summary>
    public required Digest Image { get; init; }

    /// <summary>The name of the parameter set.</summary>
    public required string Set { get; init; }

    /// <summary>The 128 bytes of the statement.</summary>
    public required ReadOnlyMemory<byte> Statement { get; init; }

    /// <summary>The receipt's bytes: header, statement, proof, no attachments.</summary>
    public required Digest Seal { get; init; }

    /// <summary>How many.</summary>
    public required long SealBytes { get; init; }

    /// <summary>The input frame.</summary>
    public required Digest Input { get; init; }

    /// <summary>The output frame.</summary>
    public required Digest Output { get; init; }

    /// <summary>Instructions that were proven.</summary>
    public required long Cycles { get; init; }

    /// <summary>As RFC 8785 JSON.</summary>
    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        Number("cycles", Cycles);
        Hash("image", Image);
        Hash("imageId", ImageId);
        Hash("input", Input);
        Hash("link", Link);
        Hash("module", Module);
        Hash("output", Output);
        Number("revision", Revision);
        Hash("seal", Seal);
        Number("sealBytes", SealBytes);
        Text("set", Set);
        Text("statement", Convert.ToBase64String(Statement.Span));
        Text("stream", Stream.Value);
        Number("v", 1);
        json.EndObject();
        return buffer.WrittenSpan.ToArray();

        void Number(string name, long value)
        {
            json.Name(name);
            json.Integer(value);
        }

        void Hash(string name, Digest value)
        {
            json.Name(name);
            json.Hex(value);
        }

        void Text(string name, string value)
        {
            json.Name(name);
            json.String(value);
        }
    }

    /// <summary>Reads a body, strictly.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong.</exception>
    public static ReceiptAct Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal).SequenceEqual(Members))
            {
                throw new FormatException("The receipt's act has other members than the format.");
            }

            if (root.GetProperty("v").GetInt64() != 1)
            {
                throw new FormatException($"The receipt's act has format version {root.GetProperty("v").GetRawText()}; this program reads 1.");
            }

            var statement = Convert.FromBase64String(Text("statement"));
            return new ReceiptAct
            {
                Link = Digest.Parse(Text("link")),
                Stream = StreamName.Parse(Text("stream")),
                Revision = Number("revision"),
                Module = Digest.Parse(Text("module")),
                ImageId = Digest.Parse(Text("imageId")),
                Image = Digest.Parse(Text("image")),
                Set = Text("set"),
                Statement = statement.Length == StatementBytes ? statement : throw new FormatException($"A statement is {StatementBytes} bytes, not {statement.Length}."),
                Seal = Digest.Parse(Text("seal")),
                SealBytes = Number("sealBytes"),
                Input = Digest.Parse(Text("input")),
                Output = Digest.Parse(Text("output")),
                Cycles = Number("cycles"),
            };

            string Text(string name) => root.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");

            long Number(string name) => root.GetProperty(name).GetInt64() is >= 0 and var number ? number : throw new FormatException($"'{name}' is negative.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The receipt's act cannot be read: {e.Message}", e);
        }
    }
}
