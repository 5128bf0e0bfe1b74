using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loom.Runtime;

/// <summary>The members of one object of a manifest, taken by name; what was not taken is refused, so that a misspelt member is noticed.</summary>
internal sealed class ManifestMembers
{
    private const int MaxItems = 1000;
    private readonly string _place;
    private readonly JsonElement _element;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public ManifestMembers(string place, JsonElement element) => (_place, _element) = (place, element);

    public string Text(string name, Regex pattern, string expected) =>
        Take(name) is { ValueKind: JsonValueKind.String } value && pattern.IsMatch(value.GetString()!)
            ? value.GetString()!
            : throw Wrong(name, expected);

    public string? OptionalText(string name, int most) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value when value.GetString()!.Length <= most => value.GetString(),
        _ => throw Wrong(name, $"a text of at most {most} characters"),
    };

    public int Integer(string name, int least, int most) =>
        Take(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(name, least == most ? $"{least}" : $"an integer from {least} to {most}");

    public long? OptionalInteger(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number,
        _ => throw Wrong(name, "an integer"),
    };

    public ManifestMembers? Object(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new ManifestMembers(Path(name), value),
        _ => throw Wrong(name, "an object"),
    };

    public IEnumerable<ManifestMembers> Array(string name) => Take(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } value when value.GetArrayLength() <= MaxItems => value.EnumerateArray().Select((item, i) => new ManifestMembers($"{Path(name)}[{i}]", item)),
        _ => throw Wrong(name, $"an array of at most {MaxItems}"),
    };

    /// <summary>The member's JSON, which is an object or a boolean (a schema).</summary>
    public string? Raw(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } value => value.GetRawText(),
        _ => throw Wrong(name, "a JSON Schema"),
    };

    /// <summary>This item, which is a text.</summary>
    public string AsText() =>
        _element.ValueKind == JsonValueKind.String ? _element.GetString()! : throw new FormatException($"'{_place}' is not a text.");

    public IEnumerable<(string Name, string Value)> AllTexts()
    {
        foreach (var member in _element.EnumerateObject())
        {
            _taken.Add(member.Name);
            yield return (member.Name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : throw Wrong(member.Name, "a text"));
        }
    }

    public void RefuseOthers()
    {
        foreach (var member in _element.EnumerateObject())
        {
            if (!_taken.Contains(member.Name))
            {
                throw new FormatException($"'{Path(member.Name)}' is no member of a manifest (ABI v1).");
            }
        }
    }

    private JsonElement? Take(string name)
    {
        if (_element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException(_place.Length == 0 ? "it is no JSON object." : $"'{_place}' is not an object.");
        }

        _taken.Add(name);
        return _element.TryGetProperty(name, out var value) ? value : null;
    }

    /// <summary>Text from outside, cut to what a message can bear.</summary>
    public static string Shorten(string text) => text.Length > 80 ? text[..80] + "…" : text;

    private string Path(string name) => _place.Length == 0 ? Shorten(name) : $"{_place}.{Shorten(name)}";

    private FormatException Wrong(string name, string expected) => new($"'{Path(name)}' is not {expected}.");
}
