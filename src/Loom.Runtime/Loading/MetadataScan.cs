using System.Text;
using Loom.Core;

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

        var rest = metadata[(link + command + CommandStart.Length)..];
        if (!TryMember(ref rest, "\"contentType\":\""u8, out _) || !TryMember(ref rest, ",\"digest\":\""u8, out _) || !TryMember(ref rest, ",\"id\":\""u8, out var id))
        {
            return Found.Unclear;
        }

        commandId = Encoding.UTF8.GetString(id);
        return Found.Link;
    }

    /// <summary>The actor type and the time in the link, which stand first in it; false where the strict reader has to look.</summary>
    public static bool TryScanHead(ReadOnlySpan<byte> metadata, out string actorType, out Timestamp at)
    {
        (actorType, at) = ("", default);
        var link = metadata.IndexOf(LinkStart);
        var rest = link < 0 ? default : metadata[(link + "\"loom\":{".Length)..];
        if (!TryMember(ref rest, "\"actorType\":\""u8, out var type) || !TryMember(ref rest, ",\"at\":\""u8, out var time))
        {
            return false;
        }

        actorType = Encoding.UTF8.GetString(type);
        return Timestamp.TryParse(Encoding.UTF8.GetString(time), out at);
    }

    // A text with an escape in it is left to the strict reader.
    private static bool TryMember(ref ReadOnlySpan<byte> json, ReadOnlySpan<byte> start, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!json.StartsWith(start))
        {
            return false;
        }

        json = json[start.Length..];
        var end = json.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0 || json[end] != '"')
        {
            return false;
        }

        text = json[..end];
        json = json[(end + 1)..];
        return true;
    }
}
