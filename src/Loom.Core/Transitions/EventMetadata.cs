using System.Buffers;
using System.Text.Json;

namespace Loom.Core;

/// <summary>
/// The metadata of one event of a transition, taken apart: either a part mark (every event but the last) or a link with what opens it.
/// Reading checks shape only. <see cref="Write"/> gives the one form that these members have, so that a reader can refuse any other.
/// </summary>
public sealed record EventMetadata
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>The link; null for an earlier part.</summary>
    public Link? Link { get; init; }

    /// <summary>The hash that the link object states for itself; whether it recomputes is <c>Link.Hash == StatedHash</c>.</summary>
    public Digest StatedHash { get; init; }

    /// <summary>What opens the link's digests; null for an earlier part.</summary>
    public Opening? Opening { get; init; }

    /// <summary>An earlier part's index in its transition.</summary>
    public long Part { get; init; }

    /// <summary>The number of events that an earlier part states.</summary>
    public long PartCount { get; init; }

    /// <summary>The copy <c>$correlationId</c>, or null when there is none.</summary>
    public string? CorrelationCopy { get; init; }

    /// <summary>The copy <c>$causationId</c>, or null when there is none.</summary>
    public string? CausationCopy { get; init; }

    /// <summary>The copy <c>traceparent</c>, or null when there is none.</summary>
    public string? TraceparentCopy { get; init; }

    /// <summary>The key that the transition's content is encrypted with, or null.</summary>
    public string? EncryptionKey { get; init; }

    /// <summary>Reads the metadata of an event of a transition.</summary>
    /// <exception cref="FormatException">It has another shape, or a member that format v1 does not know.</exception>
    public static EventMetadata Parse(ReadOnlyMemory<byte> metadata)
    {
        if (metadata.Length is 0 or > TransitionReader.MaxMetadata)
        {
            throw new FormatException("The event carries no link: its metadata is empty or too large.");
        }

        try
        {
            using var document = JsonDocument.Parse(metadata, Options);
            return Read(document.RootElement);
        }
        catch (JsonException ex)
        {
            throw new FormatException("The metadata is not JSON.", ex);
        }
        catch (InvalidOperationException ex)
        {
            throw new FormatException("A member of the metadata has the wrong JSON type.", ex);
        }
    }

    private static EventMetadata Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("loom", out var loom))
        {
            throw new FormatException("The event carries no link: its metadata has no member 'loom'.");
        }

        if (loom.ValueKind == JsonValueKind.Object && loom.TryGetProperty("part", out _))
        {
            TransitionReader.Exactly(loom, ["count", "part", "v"]);
            TransitionReader.Exactly(root, ["loom"]);
            return TransitionReader.Integer(loom.GetProperty("v"), "v") == 1
                ? new EventMetadata { Part = TransitionReader.Integer(loom.GetProperty("part"), "part"), PartCount = TransitionReader.Integer(loom.GetProperty("count"), "count") }
                : throw new FormatException("The part mark has another format version than 1.");
        }

        var (link, stated) = TransitionReader.ParseLink(loom);
        EventMetadata result = new() { Link = link, StatedHash = stated };
        foreach (var member in root.EnumerateObject())
        {
            result = member.Name switch
            {
                "loom" => result,
                "open" => result with { Opening = TransitionReader.ReadOpening(member.Value) },
                "$correlationId" => result with { CorrelationCopy = TransitionReader.Text(member.Value, member.Name) },
                "$causationId" => result with { CausationCopy = TransitionReader.Text(member.Value, member.Name) },
                "traceparent" => result with { TraceparentCopy = TransitionReader.Text(member.Value, member.Name) },
                "enc" => result with { EncryptionKey = ReadKey(member.Value) },
                _ => throw new FormatException("The metadata has a member that format v1 does not know."),
            };
        }

        return result.Opening is null ? throw new FormatException("The metadata has a link but no 'open'.") : result;
    }

    private static string ReadKey(JsonElement enc)
    {
        TransitionReader.Exactly(enc, ["key", "v"]);
        return TransitionReader.Integer(enc.GetProperty("v"), "v") == 1
            ? TransitionReader.Text(enc.GetProperty("key"), "key")
            : throw new FormatException("'enc' has another format version than 1.");
    }

    /// <summary>The canonical form, with <see cref="StatedHash"/> as the link's member <c>link</c>.</summary>
    public void Write(ArrayBufferWriter<byte> output)
    {
        var json = new CanonicalJsonWriter(output);
        json.StartObject();
        if (Link is null)
        {
            json.Name("loom");
            json.StartObject();
            json.Name("count");
            json.Integer(PartCount);
            json.Name("part");
            json.Integer(Part);
            json.Name("v");
            json.Integer(1);
            json.EndObject();
            json.EndObject();
            return;
        }

        Optional(json, "$causationId", CausationCopy);
        Optional(json, "$correlationId", CorrelationCopy);
        if (EncryptionKey is not null)
        {
            json.Name("enc");
            json.StartObject();
            json.Name("key");
            json.String(EncryptionKey);
            json.Name("v");
            json.Integer(1);
            json.EndObject();
        }

        json.Name("loom");
        LinkJson.Write(json, Link, StatedHash);
        json.Name("open");
        WriteOpening(json, Opening ?? throw new InvalidOperationException("Metadata with a link needs an opening."));
        Optional(json, "traceparent", TraceparentCopy);
        json.EndObject();
    }

    private static void WriteOpening(CanonicalJsonWriter json, Opening open)
    {
        if (open.Box is { } box)
        {
            json.String(Convert.ToBase64String(box));
            return;
        }

        json.StartObject();
        Optional(json, "command", open.Command is { } command ? Convert.ToBase64String(command) : null);
        Optional(json, "commandBlob", open.CommandBlob?.ToString());
        Optional(json, "salt", open.Salt is { } salt ? Convert.ToHexStringLower(salt) : null);
        if (open.PartSalts is { } salts)
        {
            json.Name("salts");
            json.StartObject();
            foreach (var label in salts.Keys.Order(StringComparer.Ordinal))
            {
                Optional(json, label, Convert.ToHexStringLower(salts[label]));
            }

            json.EndObject();
        }

        json.EndObject();
    }

    private static void Optional(CanonicalJsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.Name(name);
            json.String(value);
        }
    }
}
