using System.Text;
using System.Text.Json;

namespace Loom.Configuration;

/// <summary>A value as a source gives it.</summary>
/// <param name="Text">The value; lists are joined by <c>;</c>.</param>
/// <param name="Line">The line of the file, from 1; 0 for other sources.</param>
public readonly record struct GivenValue(string Text, int Line);

/// <summary>Why configuration is refused.</summary>
/// <param name="Source">The flag, the variable or the file.</param>
/// <param name="Line">The line of the file, from 1; 0 for other sources.</param>
/// <param name="Reason">The reason, with the remedy.</param>
public sealed record ConfigProblem(string Source, int Line, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"{Source}, line {Line}: {Reason}" : $"{Source}: {Reason}";
}

/// <summary>Reads <c>loom.json</c>: nested objects, or names with dots; comments and trailing commas are allowed.</summary>
public static class ConfigFile
{
    /// <summary>Largest file read.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Reads and parses the file; one that is absent holds nothing.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="isNamed">Whether somebody named it, so that its absence is a mistake.</param>
    public static (IReadOnlyDictionary<string, GivenValue> Values, IReadOnlyList<ConfigProblem> Problems) Read(string path, bool isNamed)
    {
        try
        {
            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (new Dictionary<string, GivenValue>(), isNamed ? [new ConfigProblem(path, 0, "There is no such file.")] : []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (new Dictionary<string, GivenValue>(), [new ConfigProblem(path, 0, e.Message)]);
        }
    }

    /// <summary>The values by name, and every reason to refuse the file (empty when it is good).</summary>
    public static (IReadOnlyDictionary<string, GivenValue> Values, IReadOnlyList<ConfigProblem> Problems) Parse(string path, ReadOnlySpan<byte> json)
    {
        var values = new Dictionary<string, GivenValue>(StringComparer.Ordinal);
        var problems = new List<ConfigProblem>();
        if (json.Length > MaxBytes)
        {
            problems.Add(new ConfigProblem(path, 0, $"The file is larger than {MaxBytes} bytes."));
            return (values, problems);
        }

        json = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                problems.Add(new ConfigProblem(path, 1, "The file must hold one JSON object."));
                return (values, problems);
            }

            ReadObject(ref reader, json, "", path, values, problems);
            reader.Read();
        }
        catch (JsonException e)
        {
            var cut = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            problems.Add(new ConfigProblem(path, (int)(e.LineNumber ?? 0) + 1, $"Not JSON: {(cut < 0 ? e.Message : e.Message[..cut])}"));
        }
        catch (InvalidOperationException)
        {
            problems.Add(new ConfigProblem(path, Line(json, reader.TokenStartIndex), "A text holds invalid UTF-8."));
        }

        return (values, problems);
    }

    private static void ReadObject(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string prefix, string path, Dictionary<string, GivenValue> values, List<ConfigProblem> problems)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = prefix + reader.GetString();
            var line = Line(json, reader.TokenStartIndex);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && ConfigSchema.Find(name)?.IsObject != true)
            {
                ReadObject(ref reader, json, name + ".", path, values, problems);
                continue;
            }

            var text = ReadValue(ref reader, json, out var list);
            var setting = ConfigSchema.Find(name);
            var reason = setting is null ? ConfigSchema.Unknown(name)
                : text is null ? $"'{name}' takes {setting.Accepts}."
                : list && setting.Kind != SettingKind.List ? $"'{name}' takes {setting.Accepts}, not an array."
                : setting.Refuse(text) is { } refused ? $"{name}: {refused}"
                : !values.TryAdd(name, new GivenValue(text, line)) ? $"'{name}' stands here a second time."
                : null;
            if (reason is not null)
            {
                problems.Add(new ConfigProblem(path, line, reason));
            }
        }
    }

    private static string? ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, out bool list)
    {
        list = reader.TokenType == JsonTokenType.StartArray;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]);
        }

        if (!list)
        {
            return Scalar(ref reader);
        }

        var items = new List<string>();
        var good = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            good &= reader.TokenType == JsonTokenType.String;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                reader.Skip();
            }
            else
            {
                items.Add(Scalar(ref reader) ?? "");
            }
        }

        return good ? string.Join(';', items) : null;
    }

    private static string? Scalar(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };

    private static int Line(ReadOnlySpan<byte> json, long offset) => json[..(int)offset].Count((byte)'\n') + 1;
}
