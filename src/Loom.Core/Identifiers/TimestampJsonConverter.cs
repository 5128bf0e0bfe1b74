using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loom.Core;

/// <summary>JSON form of <see cref="Timestamp"/>: its one accepted text.</summary>
public sealed class TimestampJsonConverter : JsonConverter<Timestamp>
{
    /// <inheritdoc/>
    public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Timestamp.TryParse(reader.GetString(), out var time)
            ? time
            : throw new JsonException("A time is UTC with exactly six fraction digits and Z, for example \"2026-01-31T09:30:00.000000Z\".");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
