using System.Buffers;
using System.Text.Json;
using Loom.Core;

namespace Loom.Journal;

/// <summary>
/// What a stream's metadata says about which of its events are visible. Other members (<c>$acl</c>, an application's own) are kept with the
/// document and mean nothing to a journal.
/// </summary>
public sealed record StreamMetadata
{
    /// <summary>The value of <see cref="TruncateBefore"/> that deletes a stream softly.</summary>
    public const long SoftDeleted = long.MaxValue;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <summary>No metadata: everything is visible.</summary>
    public static StreamMetadata Empty { get; } = new();

    /// <summary>Only so many of the newest events are visible (<c>$maxCount</c>).</summary>
    public long? MaxCount { get; init; }

    /// <summary>Only events of at most so many seconds are visible (<c>$maxAge</c>).</summary>
    public long? MaxAgeSeconds { get; init; }

    /// <summary>Events before this revision are not visible (<c>$tb</c>).</summary>
    public long? TruncateBefore { get; init; }

    /// <summary>Whether it hides events at all.</summary>
    public bool Hides => MaxCount is not null || MaxAgeSeconds is not null || TruncateBefore is > 0;

    /// <summary>Whether it deletes the stream softly.</summary>
    public bool IsSoftDeletion => TruncateBefore == SoftDeleted;

    /// <summary>Reads a document. One that is no JSON object, or has a number that is none, says nothing as a whole; numbers that make no sense are passed over.</summary>
    public static StreamMetadata Parse(string contentType, ReadOnlyMemory<byte> data)
    {
        if (contentType != EventData.Json)
        {
            return Empty;
        }

        try
        {
            using var document = JsonDocument.Parse(data, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Empty;
            }

            return new StreamMetadata
            {
                MaxCount = Number(document.RootElement, "$maxCount", atLeast: 1),
                MaxAgeSeconds = Number(document.RootElement, "$maxAge", atLeast: 1),
                TruncateBefore = Number(document.RootElement, "$tb", atLeast: 0),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return Empty;
        }
    }

    /// <summary>The document with these members only.</summary>
    public byte[] ToJson() => Write("{}"u8.ToArray(), this);

    /// <summary>The same document with another <c>$tb</c>; what is no JSON object becomes one.</summary>
    internal static byte[] WithTruncateBefore(string contentType, ReadOnlyMemory<byte> data, long revision)
    {
        var only = new StreamMetadata { TruncateBefore = revision };
        try
        {
            return contentType == EventData.Json ? Write(data, only) : only.ToJson();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return only.ToJson();
        }
    }

    private static byte[] Write(ReadOnlyMemory<byte> document, StreamMetadata members)
    {
        var buffer = new ArrayBufferWriter<byte>(document.Length + 64);
        using var read = JsonDocument.Parse(document, Options);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var member in read.RootElement.EnumerateObject())
            {
                if (member.Name is not "$tb" || members.TruncateBefore is null)
                {
                    member.WriteTo(writer);
                }
            }

            Write(writer, "$maxCount", members.MaxCount);
            Write(writer, "$maxAge", members.MaxAgeSeconds);
            Write(writer, "$tb", members.TruncateBefore);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static long? Number(JsonElement document, string name, long atLeast) =>
        !document.TryGetProperty(name, out var member) ? null
        : member.GetInt64() is var value && value >= atLeast ? value
        : null;
}
