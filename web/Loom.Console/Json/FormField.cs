using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Loom.Web.Json;

/// <summary>How a field is filled in.</summary>
public enum FieldKind
{
    /// <summary>One line of text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>One of a list.</summary>
    Choice,

    /// <summary>Fields below it.</summary>
    Group,

    /// <summary>Anything else, as JSON.</summary>
    Json,
}

/// <summary>A field of a form made from a JSON Schema, with what was typed into it.</summary>
public sealed class FormField
{
    private FormField(string name, FieldKind kind, bool required, bool nullable, string hint)
    {
        (Name, Kind, Required, Nullable, Hint) = (name, kind, required, nullable, hint);
    }

    /// <summary>The member's name.</summary>
    public string Name { get; }

    /// <summary>How it is filled in.</summary>
    public FieldKind Kind { get; }

    /// <summary>Whether it must be there.</summary>
    public bool Required { get; }

    /// <summary>Whether null is a value of it.</summary>
    public bool Nullable { get; }

    /// <summary>What the schema says about it, in short; may be empty.</summary>
    public string Hint { get; }

    /// <summary>Values of a choice.</summary>
    public IReadOnlyList<string> Choices { get; private init; } = [];

    /// <summary>What a text has to look like, as a regular expression; null when any will do.</summary>
    public string? Pattern { get; private init; }

    /// <summary>Fields of a group.</summary>
    public IReadOnlyList<FormField> Fields { get; private init; } = [];

    /// <summary>What was typed; for a flag <c>true</c> or <c>false</c>.</summary>
    public string Value { get; set; } = "";

    /// <summary>What is wrong with the value; null when nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>The form of a command's body.</summary>
    public static FormField Of(string schema)
    {
        // A module's author writes schemas, too: one that is built otherwise than expected gives a form of one field.
        try
        {
            return JsonNode.Parse(schema) is JsonObject node ? Build("", node, required: true, depth: 0) : Any("", true);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return Any("", true);
        }
    }

    /// <summary>The body as JSON; null when a field is wrong (each says what).</summary>
    public string? ToJson() => Read(out var node) ? node?.ToJsonString() ?? "null" : null;

    private static FormField Any(string name, bool required) => new(name, FieldKind.Json, required, false, "JSON, for example \"text\" or 12");

    private static FormField Build(string name, JsonObject schema, bool required, int depth)
    {
        var types = Types(schema);
        var nullable = types.Remove("null");
        var hint = schema["description"]?.GetValue<string>() ?? "";
        var start = schema["default"] is JsonValue given ? given.ToString() : "";
        if (schema["enum"] is JsonArray values && values.All(v => v is null || v.GetValueKind() == JsonValueKind.String))
        {
            return new FormField(name, FieldKind.Choice, required, nullable, hint)
            {
                Choices = [.. values.Where(v => v is not null).Select(v => v!.GetValue<string>())],
                Value = start,
            };
        }

        if (schema["properties"] is JsonObject members && depth < 4)
        {
            var needed = (schema["required"] as JsonArray)?.OfType<JsonValue>().Select(n => n.GetValue<string>()).ToHashSet(StringComparer.Ordinal) ?? [];
            return new FormField(name, FieldKind.Group, required, nullable, hint)
            {
                Fields = [.. members.Select(m => m.Value is JsonObject o ? Build(m.Key, o, needed.Contains(m.Key), depth + 1) : Any(m.Key, needed.Contains(m.Key)))],
            };
        }

        return types switch
        {
            _ when types.Contains("integer") => new FormField(name, FieldKind.Integer, required, nullable, hint) { Value = start },
            ["string"] => new FormField(name, FieldKind.Text, required, nullable, hint.Length > 0 ? hint : Format(schema))
            {
                Pattern = schema["pattern"]?.GetValue<string>(),
                Value = start,
            },
            ["boolean"] => new FormField(name, FieldKind.Flag, required, nullable, hint) { Value = start == "true" ? start : "false" },
            ["object"] when schema.Count == 1 => new FormField(name, FieldKind.Group, required, nullable, hint),
            _ => Any(name, required),
        };
    }

    private static string Format(JsonObject schema) => schema["format"]?.GetValue<string>() switch
    {
        "date-time" => "for example 2026-01-31T12:00:00Z",
        "date" => "for example 2026-01-31",
        "timestamp" => "UTC, for example 2026-01-31T12:00:00.000000Z",
        { } other => other,
        null => "",
    };

    private static List<string> Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray many => [.. many.OfType<JsonValue>().Select(t => t.GetValue<string>())],
        JsonValue one => [one.GetValue<string>()],
        _ => [],
    };

    private bool Read(out JsonNode? node)
    {
        Error = null;
        node = null;
        if (Kind == FieldKind.Group)
        {
            var group = new JsonObject();
            var good = true;
            foreach (var field in Fields)
            {
                good &= field.Read(out var member);
                if (member is not null || (field.Required && field.Nullable))
                {
                    group[field.Name] = member;
                }
            }

            node = group;
            return good;
        }

        // An empty text is a text where the field is required; anything else that is empty is absent.
        if (Value.Length == 0 && !(Kind == FieldKind.Text && Required && !Nullable))
        {
            Error = Required && !Nullable ? "This is required." : null;
            return Error is null;
        }

        node = Kind switch
        {
            FieldKind.Integer => Integer(),
            FieldKind.Flag => JsonValue.Create(Value == "true"),
            FieldKind.Json => Parsed(),
            _ => Text(),
        };
        return Error is null;
    }

    private JsonValue? Text()
    {
        if (Pattern is null || Fits(Pattern, Value))
        {
            return JsonValue.Create(Value);
        }

        Error = Hint.Length > 0 ? $"This does not fit. {Hint}" : $"This does not fit {Pattern}.";
        return null;
    }

    // A pattern comes from a machine's author: a slow or broken one must not hold the page up, and the host checks anyway.
    private static bool Fits(string pattern, string value)
    {
        try
        {
            return Regex.IsMatch(value, pattern, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
        }
        catch (Exception e) when (e is RegexMatchTimeoutException or ArgumentException)
        {
            return true;
        }
    }

    private JsonValue? Integer()
    {
        if (long.TryParse(Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return JsonValue.Create(number);
        }

        Error = "A whole number, please.";
        return null;
    }

    private JsonNode? Parsed()
    {
        try
        {
            return JsonNode.Parse(Value);
        }
        catch (JsonException)
        {
            Error = "This is not JSON.";
            return null;
        }
    }
}
