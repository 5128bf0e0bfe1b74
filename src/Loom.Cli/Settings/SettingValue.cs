using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Loom.Configuration;

namespace Loom.Cli.Settings;

/// <summary>A setting's value as the command line gives it and as the file holds it.</summary>
internal static class SettingValue
{
    /// <summary>The setting of a name.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static Setting Find(string name) =>
        ConfigSchema.Find(name) ?? throw new CliException(ExitCodes.Usage, ConfigSchema.Unknown(name));

    /// <summary>The values as JSON.</summary>
    /// <exception cref="CliException">They are no value of this setting.</exception>
    public static string ToJson(Setting setting, IReadOnlyList<string> values)
    {
        if (setting.Kind == SettingKind.List)
        {
            return values.FirstOrDefault(v => v.Contains(';', StringComparison.Ordinal)) is { } joined
                ? throw new CliException(ExitCodes.Usage, $"'{joined}' holds a semicolon.", $"{setting.Name} takes texts one by one.", $"Write them apart: loom config set {setting.Name} A B")
                : $"[{string.Join(", ", values.Select(Quote))}]";
        }

        if (values.Count != 1)
        {
            throw new CliException(ExitCodes.Usage, $"{setting.Name} takes one value, not {values.Count}.", $"It takes {setting.Accepts}.", "Put a value with spaces in quotes.");
        }

        return setting.Refuse(values[0]) is { } reason
            ? throw new CliException(ExitCodes.Usage, $"{setting.Name} is not set: {reason}", null, $"It takes {setting.Accepts}.")
            : setting.Kind switch
            {
                SettingKind.Integer => long.Parse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
                SettingKind.Switch => values[0],
                _ => Quote(values[0]),
            };
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
