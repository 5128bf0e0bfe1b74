using System.Globalization;
using Loom.Configuration;

namespace Loom.Hosting.Configuration;

/// <summary>The settings in force at one moment. Immutable.</summary>
internal sealed class LoomSettings(IReadOnlyList<SettingInForce> all)
{
    private readonly Dictionary<string, SettingInForce> _byName = all.ToDictionary(s => s.Setting.Name, StringComparer.Ordinal);

    public IReadOnlyList<SettingInForce> All => all;

    public string DataFolder => Path.GetFullPath(Text("data"));

    public IReadOnlyList<string> Urls => List("urls");

    public bool RequiresToken => Text("auth.mode") == "token";

    public string Environment => Text("environment");

    /// <summary>From which level on this host's own voice is heard.</summary>
    public LogLevel LogLevel { get; } =
        Enum.TryParse<LogLevel>(all.FirstOrDefault(s => s.Setting.Name == "logging.level")?.Value, ignoreCase: true, out var level) ? level : LogLevel.Information;

    public bool IsProduction => Environment is "production" or "prod";

    public string Text(string name) => _byName[name].Value;

    /// <summary>Whether nobody set it.</summary>
    public bool IsDefault(string name) => _byName[name].Source == ConfigSource.Default;

    public bool On(string name) => Text(name) == "true";

    public long Integer(string name) => long.Parse(Text(name), CultureInfo.InvariantCulture);

    public IReadOnlyList<string> List(string name) => Text(name).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
