using System.Text.Json;

namespace Loom.Runtime;

/// <summary>Finds a state's label by a JSON pointer (RFC 6901).</summary>
internal static class LabelPath
{
    private const int MaxLabel = 64;

    /// <exception cref="FormatException">It is no JSON pointer.</exception>
    public static string Check(string pointer) =>
        pointer.StartsWith('/') && !pointer.Replace("~0", "", StringComparison.Ordinal).Replace("~1", "", StringComparison.Ordinal).Contains('~', StringComparison.Ordinal)
            ? pointer
            : throw new FormatException("'state.label' is no JSON pointer, for example /status.");

    /// <summary>The label in a state; empty when the state is no JSON, or there is nothing there that is one.</summary>
    public static string Find(string pointer, ReadOnlyMemory<byte> state)
    {
        if (pointer.Length == 0 || state.IsEmpty)
        {
            return "";
        }

        try
        {
            using var document = JsonDocument.Parse(state);
            var at = document.RootElement;
            foreach (var part in pointer[1..].Split('/'))
            {
                var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
                if (!Step(ref at, name))
                {
                    return "";
                }
            }

            var label = at.ValueKind switch
            {
                JsonValueKind.String => at.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => at.GetRawText(),
                _ => "",
            };
            return label.Length > MaxLabel ? label[..MaxLabel] : label;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private static bool Step(ref JsonElement at, string name)
    {
        if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member))
        {
            at = member;
            return true;
        }

        if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
        {
            at = at[index];
            return true;
        }

        return false;
    }
}
