using System.Text.RegularExpressions;

namespace Loom.Core;

/// <summary>What the serializer says of a body, in words for whoever sent it: no .NET types, no offsets.</summary>
internal static partial class JsonMistake
{
    public static string Explain(string message)
    {
        var cut = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        message = (cut < 0 ? message : message[..cut]).Replace("\n", " ", StringComparison.Ordinal).TrimEnd(' ', '|');
        return Unmapped().Match(message) is { Success: true } unmapped ? $"It takes no member '{unmapped.Groups[1].Value}'."
            : Missing().Match(message) is { Success: true } missing ? $"It lacks {missing.Groups[1].Value.TrimEnd('.')}."
            : Unlike().Match(message) is { Success: true } unlike ? $"What stands at {unlike.Groups[1].Value} is of another kind than expected there."
            : message;
    }

    [GeneratedRegex("^The JSON property '(.*)' could not be mapped to any \\.NET member")]
    private static partial Regex Unmapped();

    [GeneratedRegex("^JSON deserialization for type '.*' was missing required properties including: (.*)$")]
    private static partial Regex Missing();

    [GeneratedRegex("^The JSON value could not be converted to .*\\. Path: (.*)$")]
    private static partial Regex Unlike();
}
