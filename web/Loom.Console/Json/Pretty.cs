using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loom.Web.Json;

/// <summary>JSON for reading.</summary>
internal static class Pretty
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Indented, or the text as it is when it is no JSON.</summary>
    public static string Print(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (JsonException)
        {
            return json;
        }
    }
}
