using System.Collections;
using System.Globalization;
using Loom.Configuration;

namespace Loom.Cli.Settings;

/// <summary>The settings that a host started here and now would have: the environment, then the file, then the defaults.</summary>
/// <param name="File">The file's path, whether it is there or not.</param>
/// <param name="All">Every setting.</param>
/// <param name="InFile">What the file says.</param>
/// <param name="Problems">Why such a host would not start; empty when it would.</param>
internal sealed record LocalSettings(
    string File, IReadOnlyList<SettingInForce> All, IReadOnlyDictionary<string, GivenValue> InFile, IReadOnlyList<ConfigProblem> Problems)
{
    /// <summary>Reads them.</summary>
    /// <param name="file">The file that the user named; null for LOOM_CONFIG, else loom.json.</param>
    public static LocalSettings Read(string? file)
    {
        var sources = Sources(file, out var ofEnvironment);
        var (values, ofFile) = ConfigFile.Read(sources.File, sources.FileIsNamed);
        return Of(sources, values, [.. ofEnvironment, .. ofFile]);
    }

    /// <summary>The same, had the file this content.</summary>
    public static LocalSettings With(string? file, byte[] content)
    {
        var sources = Sources(file, out _);
        var (values, problems) = ConfigFile.Parse(sources.File, content);
        return Of(sources, values, problems);
    }

    /// <summary>The file that is meant.</summary>
    public static string PathOf(string? file) => Sources(file, out _).File;

    public SettingInForce this[string name] => All.First(s => s.Setting.Name == name);

    /// <summary>Where a value comes from, in words.</summary>
    public string SourceOf(SettingInForce it) => it.Source switch
    {
        ConfigSource.Environment => $"variable {it.Setting.Variable}",
        ConfigSource.File => string.Create(CultureInfo.InvariantCulture, $"{File}, line {InFile[it.Setting.Name].Line}"),
        ConfigSource.Flag => "flag",
        _ => "default",
    };

    /// <exception cref="CliException">There are problems.</exception>
    public LocalSettings Require() => Problems.Count == 0 ? this : throw Explain(Problems);

    public static CliException Explain(IReadOnlyList<ConfigProblem> problems) => new(
        ExitCodes.Malformed, "The configuration is refused.", string.Join("\n          ", problems), "Correct what is named; a running host goes on with what was in force.");

    private static ConfigSources Sources(string? file, out IReadOnlyList<ConfigProblem> problems)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => KeyValuePair.Create((string)e.Key, (string?)e.Value ?? ""));
        (var sources, problems) = ConfigSources.Read(file is null ? [] : ["--config", file], variables);
        return sources;
    }

    private static LocalSettings Of(ConfigSources sources, IReadOnlyDictionary<string, GivenValue> values, IReadOnlyList<ConfigProblem> problems)
    {
        var settings = new LocalSettings(sources.File, sources.Merge(values), values, problems);
        var withTokens = settings["auth.mode"].Value == "token";
        return problems.Count > 0 ? settings
            : ListenRule.Refuse(settings.ListOf("urls"), withTokens) is { } refusal ? settings with { Problems = [Place(settings, settings["urls"], refusal)] }
            : ListenRule.RefuseEventStoreDb(settings.ListOf(ListenRule.EventStoreDb), withTokens, settings["eventStoreDb.certificateFile"].Value.Length > 0) is { } served
                ? settings with { Problems = [Place(settings, settings[ListenRule.EventStoreDb], served)] }
            : settings;
    }

    private string[] ListOf(string name) => this[name].Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static ConfigProblem Place(LocalSettings settings, SettingInForce it, string reason) => it.Source == ConfigSource.Environment
        ? new ConfigProblem(it.Setting.Variable, 0, reason)
        : new ConfigProblem(settings.File, settings.InFile.TryGetValue(it.Setting.Name, out var given) ? given.Line : 0, reason);
}
