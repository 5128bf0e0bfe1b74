using System.Text;
using System.Text.Json;

namespace Loom.Runtime;

/// <summary>
/// Finds in an event's metadata what folding a long history needs (is it the last of its transition, and of which command), without
/// reading the whole link. Metadata that Loom wrote is canonical, so members stand in a known order and a quote inside a string is
/// always escaped; anything else makes the caller take the strict reader.
/// </summary>
internal static class MetadataScan
{
    public enum Found
    {
        /// <summary>Not in the expected form: use the strict reader.</summary>
        Unclear,

        /// <summary>An earlier event of its transition.</summary>
        Part,

        /// <summary>The last event: the command's id is given.</summary>
        Link,
    }

    private static ReadOnlySpan<byte> PartStart => "{\"loom\":{\"count\":"u8;

    private static ReadOnlySpan<byte> LinkStart => "\"loom\":{\"actorType\":"u8;

    private static ReadOnlySpan<byte> CommandStart => "\"command\":{"u8;

    public static Found Scan(ReadOnlySpan<byte> metadata, out string commandId)
    {
        commandId = "";
        if (metadata.StartsWith(PartStart))
        {
            return Found.Part;
        }

        var link = metadata.IndexOf(LinkStart);
        var command = link < 0 ? -1 : metadata[link..].IndexOf(CommandStart);
        if (command < 0)
        {
            return Found.Unclear;
        }

        var json = new Utf8JsonReader(metadata[(link + command + CommandStart.Length - 1)..], isFinalBlock: false, default);
        try
        {
            if (!json.Read() || !Member(ref json, "contentType"u8) || !Member(ref json, "digest"u8) || !Member(ref json, "id"u8)
                || json.ValueIsEscaped)
            {
                return Found.Unclear;
            }
        }
        catch (JsonException)
        {
            return Found.Unclear;
        }

        commandId = Encoding.UTF8.GetString(json.ValueSpan);
        return Found.Link;
    }

    private static bool Member(ref Utf8JsonReader json, ReadOnlySpan<byte> name) =>
        json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name)
        && json.Read() && json.TokenType == JsonTokenType.String;
}
