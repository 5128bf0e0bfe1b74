using System.Text;
using System.Text.Json;

namespace Loom.Cli.Settings;

/// <summary>Changes one setting in the text of a <c>loom.json</c> and leaves every other byte, comments included, as it is.</summary>
internal static class SettingsText
{
    private const string Indent = "  ";

    /// <summary>Where the setting stands, or the innermost object that it belongs into.</summary>
    private sealed class Place
    {
        public (int Start, int End)? Value { get; set; }

        public string? Prefix { get; set; }

        public int Open { get; set; }

        public int LastName { get; set; }

        /// <summary>The end of the object's last value; -1 when it is empty.</summary>
        public int LastEnd { get; set; }

        public int Close { get; set; }
    }

    /// <summary>The file with the setting at this value.</summary>
    /// <param name="file">The file; empty for a new one. It must have been parsed without a problem.</param>
    /// <param name="name">The setting's name, with dots.</param>
    /// <param name="json">The value as JSON.</param>
    public static byte[] Set(byte[] file, string name, string json)
    {
        if (file.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            file = "{\n}\n"u8.ToArray();
        }

        // A byte order mark would shift the reader's offsets.
        var mark = file.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var place = Find(file.AsSpan(mark), name);
        var changed = place.Value is { } value
            ? Splice(file.AsSpan(mark), value.Start, value.End, json)
            : Insert(file.AsSpan(mark), place, Member(name[place.Prefix!.Length..], json));
        return [.. file.AsSpan(0, mark), .. changed];
    }

    private static Place Find(ReadOnlySpan<byte> json, string name)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var place = new Place();
        reader.Read();
        Visit(ref reader, "", name, place);
        return place;
    }

    private static void Visit(ref Utf8JsonReader reader, string prefix, string name, Place place)
    {
        var open = (int)reader.TokenStartIndex;
        var (lastName, lastEnd) = (-1, -1);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            lastName = (int)reader.TokenStartIndex;
            var member = prefix + reader.GetString();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                Visit(ref reader, member + ".", name, place);
            }
            else
            {
                reader.Skip();
                place.Value = member == name ? (start, (int)reader.BytesConsumed) : place.Value;
            }

            lastEnd = (int)reader.BytesConsumed;
        }

        if (name.StartsWith(prefix, StringComparison.Ordinal) && prefix.Length > (place.Prefix?.Length ?? -1))
        {
            (place.Prefix, place.Open, place.LastName, place.LastEnd, place.Close) = (prefix, open, lastName, lastEnd, (int)reader.TokenStartIndex);
        }
    }

    /// <summary><c>a.b</c> becomes <c>"a": { "b": … }</c>.</summary>
    private static string Member(string name, string json)
    {
        var parts = name.Split('.');
        return string.Concat(parts[..^1].Select(p => $"\"{p}\": {{ ")) + $"\"{parts[^1]}\": {json}" + string.Concat(parts[..^1].Select(_ => " }"));
    }

    private static byte[] Insert(ReadOnlySpan<byte> json, Place place, string member)
    {
        var isEmpty = place.LastEnd < 0;
        var head = isEmpty ? place.Open + 1 : place.LastEnd;
        var tail = json[head..place.Close];
        if (!json[place.Open..place.Close].Contains((byte)'\n'))
        {
            return isEmpty
                ? Splice(json, head, place.Close, $" {member} ")
                : Splice(json, head, head, $", {member}");
        }

        var newLine = json.IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
        var outer = IndentOf(json, place.Open);
        var inner = !isEmpty && IndentOf(json, place.LastName) is { } own && own.Length > outer.Length ? own : outer + Indent;
        var comma = HasComma(tail);
        var text = (isEmpty || comma ? "" : ",") + Encoding.UTF8.GetString(tail).TrimEnd() + newLine + inner + member + (comma ? "," : "") + newLine + outer;
        return Splice(json, head, place.Close, text);
    }

    /// <summary>The white space at the beginning of the line.</summary>
    private static string IndentOf(ReadOnlySpan<byte> json, int offset)
    {
        var line = json[(json[..offset].LastIndexOf((byte)'\n') + 1)..];
        var end = line.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return Encoding.UTF8.GetString(line[..Math.Max(end, 0)]);
    }

    /// <summary>Whether what follows a value holds a comma outside of comments.</summary>
    private static bool HasComma(ReadOnlySpan<byte> tail)
    {
        for (var i = 0; i < tail.Length; i++)
        {
            if (tail[i] == ',')
            {
                return true;
            }

            if (tail[i] == '/')
            {
                var isLine = tail[i + 1] == '/';
                var end = tail[(i + 2)..].IndexOf(isLine ? "\n"u8 : "*/"u8);
                i = end < 0 ? tail.Length : i + 2 + end + (isLine ? 0 : 1);
            }
        }

        return false;
    }

    private static byte[] Splice(ReadOnlySpan<byte> json, int start, int end, string text) =>
        [.. json[..start], .. Encoding.UTF8.GetBytes(text), .. json[end..]];
}
