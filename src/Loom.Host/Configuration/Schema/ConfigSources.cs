namespace Loom.Configuration;

/// <summary>Where a value in force comes from, strongest first.</summary>
public enum ConfigSource
{
    /// <summary>The command line.</summary>
    Flag,

    /// <summary>A variable <c>LOOM_…</c>.</summary>
    Environment,

    /// <summary>The file.</summary>
    File,

    /// <summary>Nobody set it.</summary>
    Default,
}

/// <summary>A setting with its value in force.</summary>
public sealed record SettingInForce(Setting Setting, string Value, ConfigSource Source)
{
    /// <summary>The value as it may be shown to people.</summary>
    public string Shown => Setting.Show(Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Setting.Name} = {Shown}";
}

/// <summary>The command line and the environment, read once: flags beat variables, variables beat the file, the file beats defaults.</summary>
public sealed class ConfigSources
{
    private readonly Dictionary<string, string> _flags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    private ConfigSources(string file) => File = file;

    /// <summary>The file's path, whether it exists or not.</summary>
    public string File { get; private set; }

    /// <summary>Whether the file was named and so must exist.</summary>
    public bool FileIsNamed { get; private set; }

    /// <summary>Flags without a value that are no settings: <c>--json</c>, <c>--explain</c>.</summary>
    public ISet<string> Switches { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Reads both.</summary>
    /// <param name="args">The command line: <c>--name value</c> or <c>--name=value</c>.</param>
    /// <param name="variables">The environment.</param>
    public static (ConfigSources Sources, IReadOnlyList<ConfigProblem> Problems) Read(
        IReadOnlyList<string> args, IEnumerable<KeyValuePair<string, string>> variables)
    {
        var sources = new ConfigSources(Path.GetFullPath("loom.json"));
        var problems = new List<ConfigProblem>();
        foreach (var (name, value) in variables)
        {
            sources.Take(name, value, problems);
        }

        for (var i = 0; i < args.Count; i++)
        {
            i = sources.Take(args, i, problems);
        }

        return (sources, problems);
    }

    /// <summary>What is in force, given the file's values.</summary>
    public IReadOnlyList<SettingInForce> Merge(IReadOnlyDictionary<string, GivenValue> file) =>
    [
        .. ConfigSchema.All.Select(s =>
            _flags.TryGetValue(s.Name, out var flag) ? new SettingInForce(s, flag, ConfigSource.Flag)
            : _variables.TryGetValue(s.Name, out var variable) ? new SettingInForce(s, variable, ConfigSource.Environment)
            : file.TryGetValue(s.Name, out var given) ? new SettingInForce(s, given.Text, ConfigSource.File)
            : new SettingInForce(s, s.Default, ConfigSource.Default)),
    ];

    private void Take(string name, string value, List<ConfigProblem> problems)
    {
        if (name == "LOOM_CONFIG")
        {
            (File, FileIsNamed) = (Path.GetFullPath(value), true);
        }

        if (ConfigSchema.All.FirstOrDefault(s => s.Variable == name) is not { } setting)
        {
            return; // Other programs of Loom have variables too.
        }

        if (setting.Refuse(value) is { } reason)
        {
            problems.Add(new ConfigProblem(name, 0, reason));
        }

        _variables[setting.Name] = value;
    }

    private int Take(IReadOnlyList<string> args, int i, List<ConfigProblem> problems)
    {
        var arg = args[i];
        if (arg is "--json" or "--explain")
        {
            Switches.Add(arg);
            return i;
        }

        var equals = arg.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? arg : arg[..equals];
        if (!name.StartsWith("--", StringComparison.Ordinal))
        {
            problems.Add(new ConfigProblem(arg, 0, "A flag begins with --, for example --data .loom."));
            return i;
        }

        var setting = ConfigSchema.Find(name[2..]);
        if (setting is null && name != "--config")
        {
            problems.Add(new ConfigProblem(name, 0, ConfigSchema.Unknown(name[2..])));
            return equals < 0 && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? i + 1 : i;
        }

        if (equals < 0 && i + 1 >= args.Count)
        {
            problems.Add(new ConfigProblem(name, 0, "A value is missing."));
            return i;
        }

        var value = equals < 0 ? args[++i] : arg[(equals + 1)..];
        if (setting is null)
        {
            (File, FileIsNamed) = (Path.GetFullPath(value), true);
        }
        else if (setting.Refuse(value) is { } reason)
        {
            problems.Add(new ConfigProblem(name, 0, reason));
        }
        else
        {
            _flags[setting.Name] = setting.Kind == SettingKind.List && _flags.TryGetValue(setting.Name, out var before) ? $"{before};{value}" : value;
        }

        return i;
    }
}
