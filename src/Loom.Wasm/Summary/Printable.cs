using System.Globalization;
using System.Text;

namespace Loom.Wasm;

/// <summary>Makes the words of modules safe to show.</summary>
public static class Printable
{
    private const int MostCharacters = 200;

    /// <summary>The text with control and formatting characters written out as <c>\u{…}</c>, cut after 200 characters.</summary>
    public static string Text(string text)
    {
        var result = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (result.Length >= MostCharacters) return result.Append('…').ToString();
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned)
                result.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else
                result.Append(rune.ToString());
        }

        return result.ToString();
    }
}
