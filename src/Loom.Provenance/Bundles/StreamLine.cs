using System.Buffers;
using System.Text;
using System.Text.Json;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>One event as a line of a stream file.</summary>
/// <param name="Revision">The event's revision.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its name.</param>
/// <param name="ContentType">The kind of body, as stored.</param>
/// <param name="Data">The body; null (by <see cref="IsNull"/>) is either hidden or the JSON literal.</param>
/// <param name="IsNull">Whether the line's <c>data</c> is null.</param>
/// <param name="Metadata">The metadata.</param>
internal sealed record StreamLine(long Revision, Guid Id, string Type, string ContentType, ReadOnlyMemory<byte> Data, bool IsNull, EventMetadata Metadata)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = CanonicalJson.MaxDepth + 4 };

    /// <summary>Writes the line without its line feed; JSON bodies stand as they are, others in base64.</summary>
    public void Write(ArrayBufferWriter<byte> output)
    {
        var json = new CanonicalJsonWriter(output);
        json.StartObject();
        json.Name("contentType");
        json.String(ContentType);
        json.Name("data");
        if (IsNull)
        {
            json.Null();
        }
        else if (ContentType == EventData.Json)
        {
            json.Raw(Data.Span);
        }
        else
        {
            json.String(Convert.ToBase64String(Data.Span));
        }

        json.Name("id");
        json.String(Id.ToString("D"));
        json.Name("metadata");
        // The raw writer puts the comma; the metadata then writes itself.
        json.Raw([]);
        Metadata.Write(output);
        json.Name("revision");
        json.Integer(Revision);
        json.Name("type");
        json.String(Type);
        json.EndObject();
    }

    /// <summary>Reads a line whose members stand in canonical order; the caller compares with <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The line has another shape.</exception>
    public static StreamLine Parse(ReadOnlyMemory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span, Options);
        try
        {
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
            var contentType = Text(ref reader, "contentType"u8);
            Name(ref reader, "data"u8);
            var isNull = reader.TokenType == JsonTokenType.Null;
            ReadOnlyMemory<byte> data;
            if (contentType == EventData.Json || isNull)
            {
                data = Value(ref reader, line);
            }
            else
            {
                Expect(reader.TokenType == JsonTokenType.String);
                data = reader.GetBytesFromBase64();
            }

            var id = Text(ref reader, "id"u8);
            Expect(Guid.TryParseExact(id, "D", out var guid));
            Name(ref reader, "metadata"u8);
            Expect(reader.TokenType == JsonTokenType.StartObject);
            var metadata = EventMetadata.Parse(Value(ref reader, line));
            Name(ref reader, "revision"u8);
            Expect(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var revision) && revision is >= 0 and <= 9007199254740991);
            var at = reader.GetInt64();
            var type = Text(ref reader, "type"u8);
            Expect(reader.Read() && reader.TokenType == JsonTokenType.EndObject && !reader.Read());
            return new StreamLine(at, guid, type, contentType, data, isNull, metadata);
        }
        catch (JsonException e)
        {
            throw new FormatException("the line is not JSON, or nests too deep", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("a member of the line has the wrong JSON type or is not UTF-8", e);
        }
    }

    private static ReadOnlyMemory<byte> Value(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return line[start..(int)reader.BytesConsumed];
    }

    private static void Name(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        Expect(reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(name) && reader.Read());

    private static string Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        Name(ref reader, name);
        Expect(reader.TokenType == JsonTokenType.String);
        return reader.GetString()!;
    }

    private static void Expect(bool asExpected)
    {
        if (!asExpected)
        {
            throw new FormatException("the line has not the members contentType, data, id, metadata, revision, type, in this order and of their types");
        }
    }
}
