namespace Loom.Configuration;

/// <summary>What kind of value a setting takes.</summary>
public enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A path; relative ones count from the working directory.</summary>
    Path,

    /// <summary>An integer within a range.</summary>
    Integer,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Switch,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>Texts; on the command line repeated, in the environment separated by <c>;</c>, in the file an array.</summary>
    List,
}

/// <summary>One setting: everything that validation, <c>config explain</c> and the documentation say about it.</summary>
/// <param name="Name">Its name in the file, with dots for nesting; the flag is <c>--NAME</c>, the variable <c>LOOM_</c> and the name in capitals with <c>_</c> for dots.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Default">The default, as text.</param>
/// <param name="Description">What it does, in a sentence or two.</param>
public sealed record Setting(string Name, SettingKind Kind, string Default, string Description)
{
    /// <summary>Smallest integer.</summary>
    public long Min { get; init; }

    /// <summary>Largest integer.</summary>
    public long Max { get; init; } = int.MaxValue;

    /// <summary>The words of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether a change of the file takes effect without a restart.</summary>
    public bool Live { get; init; }

    /// <summary>Whether the text is a JSON object, which the file may hold as such.</summary>
    public bool IsObject { get; init; }

    /// <summary>Whether the text may hold <c>user:password@</c>, which is shown to nobody.</summary>
    public bool HoldsCredentials { get; init; }

    /// <summary>Its environment variable, where that does not follow from the name.</summary>
    public string? OwnVariable { get; init; }

    /// <summary>Its environment variable.</summary>
    public string Variable => OwnVariable ?? "LOOM_" + Name.Replace('.', '_').ToUpperInvariant();

    /// <summary>What it accepts, in words.</summary>
    public string Accepts => Kind switch
    {
        SettingKind.Integer => $"{Min} to {Max}",
        SettingKind.Switch => "true or false",
        SettingKind.Choice => string.Join(", ", Choices),
        SettingKind.Path => "a path",
        SettingKind.List => "a list of texts",
        _ => "text",
    };

    /// <summary>Why the text is no value of this setting, or null when it is one.</summary>
    public string? Refuse(string value) => Kind switch
    {
        SettingKind.Integer when !long.TryParse(value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var n) || n < Min || n > Max =>
            $"'{Shorten(value)}' is no integer from {Min} to {Max}.",
        SettingKind.Switch when value is not ("true" or "false") => $"'{Shorten(value)}' is neither true nor false.",
        SettingKind.Choice when !Choices.Contains(value) => $"'{Shorten(value)}' is none of {string.Join(", ", Choices)}.",
        SettingKind.Path or SettingKind.Text when value.Contains('\0', StringComparison.Ordinal) => "A NUL character is not allowed.",
        _ => null,
    };

    /// <summary>The value as it may be shown: without credentials.</summary>
    public string Show(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var at = HoldsCredentials ? value.LastIndexOf('@') : -1;
        if (at < 0)
        {
            return value;
        }

        var start = value.IndexOf("://", StringComparison.Ordinal);
        return $"{(start >= 0 && start < at ? value[..(start + 3)] : "")}***{value[at..]}";
    }

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
