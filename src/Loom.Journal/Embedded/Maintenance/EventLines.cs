using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Journal.Embedded;

/// <summary>
/// One event as a line of JSON. A body that is one line of JSON stands there as it is, byte for byte; any other in base64.
/// </summary>
internal static class EventLines
{
    private const int MaxDepth = 60;

    public static void Write(Utf8JsonWriter writer, RecordedEvent e)
    {
        writer.WriteStartObject();
        writer.WriteString("stream"u8, e.Stream.Value);
        writer.WriteNumber("revision"u8, e.Revision);
        writer.WriteNumber("position"u8, e.Position);
        writer.WriteString("id"u8, e.Id);
        writer.WriteString("type"u8, e.Type);
        writer.WriteString("contentType"u8, e.ContentType);
        writer.WriteString("created"u8, e.Created.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Bytes(writer, "data", e.Data.Span);
        Bytes(writer, "metadata", e.Metadata.Span);
        writer.WriteEndObject();
    }

    /// <summary>A blob as a line: <c>{"blob":NAME,"dataBase64":…}</c>.</summary>
    public static void WriteBlob(Utf8JsonWriter writer, BlobName name, ReadOnlySpan<byte> content)
    {
        writer.WriteStartObject();
        writer.WriteString("blob"u8, name.ToString());
        writer.WriteBase64String("dataBase64"u8, content);
        writer.WriteEndObject();
    }

    /// <summary>Whether a line is a blob's. Event lines begin with their stream.</summary>
    public static bool IsBlob(ReadOnlySequence<byte> line)
    {
        Span<byte> start = stackalloc byte[8];
        var reader = new SequenceReader<byte>(line);
        return reader.TryCopyTo(start) && start.SequenceEqual("{\"blob\":"u8);
    }

    /// <exception cref="FormatException">The line is no blob.</exception>
    public static (BlobName Name, byte[] Content) ReadBlob(ReadOnlySequence<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 2 });
            using var document = JsonDocument.ParseValue(ref reader);
            return BlobName.TryParse(document.RootElement.GetProperty("blob"u8).GetString(), out var name) && !reader.Read()
                ? (name, document.RootElement.GetProperty("dataBase64"u8).GetBytesFromBase64())
                : throw new FormatException("it names no blob, or something follows it");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <exception cref="FormatException">The line is no event.</exception>
    public static RecordedEvent Read(ReadOnlySequence<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth + 4 });
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.Read())
            {
                throw new FormatException("something follows the event");
            }

            var root = document.RootElement;
            return new RecordedEvent(
                StreamName.Parse(Text(root, "stream")),
                root.GetProperty("revision"u8).GetInt64(),
                root.GetProperty("position"u8).GetUInt64(),
                root.GetProperty("id"u8).GetGuid(),
                Text(root, "type"),
                Text(root, "contentType"),
                Bytes(root, "data"),
                Bytes(root, "metadata"),
                DateTimeOffset.Parse(Text(root, "created"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static void Bytes(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> bytes)
    {
        if (IsLine(bytes))
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(bytes, skipInputValidation: true);
        }
        else
        {
            writer.WriteBase64String(name + "Base64", bytes);
        }
    }

    private static byte[] Bytes(JsonElement root, string name) =>
        root.TryGetProperty(name, out var json) ? System.Text.Encoding.UTF8.GetBytes(json.GetRawText()) : root.GetProperty(name + "Base64").GetBytesFromBase64();

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    /// <summary>Whether the bytes are a JSON value that can stand in a line and comes back unchanged.</summary>
    private static bool IsLine(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] <= ' ' || bytes[^1] <= ' ' || bytes.ContainsAny((byte)'\n', (byte)'\r') || !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
