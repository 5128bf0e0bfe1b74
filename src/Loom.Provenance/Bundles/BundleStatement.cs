using System.Buffers;
using System.Text.Json;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>A file of the bundle as the signed statement lists it.</summary>
internal sealed record StatedFile(string Name, Digest Sha256, long Size);

/// <summary>A stream as the signed statement lists it.</summary>
internal sealed record StatedStream(StreamName Name, string File, long First, long Last, long Transitions, Digest Head);

/// <summary>
/// What the bundle's signature is over: an in-toto Statement v1 whose subjects are the streams by their head links and whose predicate
/// lists the rest. Written as RFC 8785, and accepted in no other form.
/// </summary>
internal sealed record BundleStatement
{
    public const string StatementType = "https://in-toto.io/Statement/v1";
    public const string PredicateType = "urn:loom:bundle:v1";
    public const int Format = 1;

    public required string Origin { get; init; }

    public required long Epoch { get; init; }

    public required long TreeSize { get; init; }

    public required Digest Root { get; init; }

    public required BundleHide Hidden { get; init; }

    public required IReadOnlyList<StatedStream> Streams { get; init; }

    /// <summary>Every file but the envelope, sorted by name.</summary>
    public required IReadOnlyList<StatedFile> Files { get; init; }

    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("_type");
        json.String(StatementType);
        json.Name("predicate");
        json.StartObject();
        json.Name("files");
        json.StartArray();
        foreach (var file in Files)
        {
            json.StartObject();
            json.Name("name");
            json.String(file.Name);
            json.Name("sha256");
            json.String(file.Sha256.ToString());
            json.Name("size");
            json.Integer(file.Size);
            json.EndObject();
        }

        json.EndArray();
        json.Name("format");
        json.Integer(Format);
        json.Name("hidden");
        json.StartArray();
        if (Hidden.HasFlag(BundleHide.Commands))
        {
            json.String("commands");
        }

        if (Hidden.HasFlag(BundleHide.Data))
        {
            json.String("data");
        }

        json.EndArray();
        json.Name("log");
        json.StartObject();
        json.Name("epoch");
        json.Integer(Epoch);
        json.Name("origin");
        json.String(Origin);
        json.Name("root");
        json.String(Root.ToString());
        json.Name("size");
        json.Integer(TreeSize);
        json.EndObject();
        json.Name("streams");
        json.StartArray();
        foreach (var stream in Streams)
        {
            json.StartObject();
            json.Name("file");
            json.String(stream.File);
            json.Name("first");
            json.Integer(stream.First);
            json.Name("head");
            json.String(stream.Head.ToString());
            json.Name("last");
            json.Integer(stream.Last);
            json.Name("name");
            json.String(stream.Name.Value);
            json.Name("transitions");
            json.Integer(stream.Transitions);
            json.EndObject();
        }

        json.EndArray();
        json.EndObject();
        json.Name("predicateType");
        json.String(PredicateType);
        json.Name("subject");
        json.StartArray();
        foreach (var stream in Streams)
        {
            json.StartObject();
            json.Name("digest");
            json.StartObject();
            json.Name("sha256");
            json.String(stream.Head.ToString());
            json.EndObject();
            json.Name("name");
            json.String(stream.Name.Value);
            json.EndObject();
        }

        json.EndArray();
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="BundleMalformedException">It is not such a statement in its one form.</exception>
    public static BundleStatement Parse(ReadOnlyMemory<byte> payload)
    {
        BundleStatement statement;
        byte[] again;
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            statement = Read(document.RootElement);
            again = statement.Write();
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw e as BundleMalformedException ?? Malformed("the signed statement is not of the form that format v1 has", e);
        }

        return again.AsSpan().SequenceEqual(payload.Span)
            ? statement
            : throw Malformed("the signed statement is not in the one form that format v1 has (RFC 8785, no other members)");
    }

    // Unknown members need no check here: writing the result again and comparing finds them.
    private static BundleStatement Read(JsonElement root)
    {
        var predicate = root.GetProperty("predicate");
        if (root.GetProperty("predicateType").GetString() != PredicateType || predicate.GetProperty("format").GetInt64() != Format)
        {
            throw Malformed("the bundle has another format than v1; use a newer Loom to verify it");
        }

        var log = predicate.GetProperty("log");
        var hidden = BundleHide.None;
        foreach (var item in predicate.GetProperty("hidden").EnumerateArray())
        {
            hidden |= item.GetString() switch
            {
                "commands" => BundleHide.Commands,
                "data" => BundleHide.Data,
                _ => throw Malformed("'hidden' names a part that format v1 does not know"),
            };
        }

        return new BundleStatement
        {
            Origin = log.GetProperty("origin").GetString() ?? throw Malformed("'origin' is null"),
            Epoch = log.GetProperty("epoch").GetInt64(),
            TreeSize = log.GetProperty("size").GetInt64(),
            Root = Hash(log, "root"),
            Hidden = hidden,
            Streams = [.. predicate.GetProperty("streams").EnumerateArray().Select(ReadStream)],
            Files = [.. predicate.GetProperty("files").EnumerateArray().Select(f => new StatedFile(
                f.GetProperty("name").GetString() ?? throw Malformed("a file has no name"), Hash(f, "sha256"), f.GetProperty("size").GetInt64()))],
        };
    }

    private static StatedStream ReadStream(JsonElement json) => new(
        StreamName.Parse(json.GetProperty("name").GetString() ?? ""),
        json.GetProperty("file").GetString() ?? "",
        json.GetProperty("first").GetInt64(),
        json.GetProperty("last").GetInt64(),
        json.GetProperty("transitions").GetInt64(),
        Hash(json, "head"));

    private static Digest Hash(JsonElement json, string name) => Digest.Parse(json.GetProperty(name).GetString() ?? "");

    private static BundleMalformedException Malformed(string reason, Exception? inner = null) => new(BundleFiles.Envelope, reason, inner);
}
