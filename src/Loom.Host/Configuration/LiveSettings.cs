using Loom.Configuration;

namespace Loom.Hosting.Configuration;

/// <summary>Raised at start: the configuration is bad, and the message lists every reason.</summary>
internal sealed class ConfigurationException(IReadOnlyList<ConfigProblem> problems)
    : Exception("The configuration is refused:\n" + string.Join('\n', problems.Select(p => $"  {p}")));

/// <summary>
/// The settings, read anew when the file changes. A bad file is refused as a whole, with line and reason, and what was in force stays.
/// A change of a setting that is not live is noted and waits for the next start.
/// </summary>
internal sealed class LiveSettings
{
    private readonly ConfigSources _sources;
    private readonly Lock _gate = new();
    private (DateTime Written, long Length) _seen;

    private LiveSettings(ConfigSources sources) => _sources = sources;

    /// <summary>What is in force. Settings that are not live keep the value of the start.</summary>
    public LoomSettings Now { get; private set; } = null!;

    public string File => _sources.File;

    public bool Json => _sources.Switches.Contains("--json");

    public bool Explain => _sources.Switches.Contains("--explain");

    /// <summary>Why the file's last change is not in force; null when it is.</summary>
    public string? Problem { get; private set; }

    public event Action<LoomSettings>? Changed;

    /// <exception cref="ConfigurationException">Flags, environment or file are bad.</exception>
    public static LiveSettings Load(IReadOnlyList<string> args, IEnumerable<KeyValuePair<string, string>> variables)
    {
        var (sources, problems) = ConfigSources.Read(args, variables);
        var live = new LiveSettings(sources);
        live._seen = live.Stamp();
        var (values, inFile) = live.ReadFile();
        problems = [.. problems, .. inFile];
        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }

        live.Now = new LoomSettings(sources.Merge(values));
        return live;
    }

    /// <summary>Looks whether the file changed since last time, and takes it in if so. True when something was looked at.</summary>
    public bool Refresh()
    {
        lock (_gate)
        {
            var stamp = Stamp();
            if (stamp == _seen)
            {
                return false;
            }

            _seen = stamp;
            var (values, problems) = ReadFile();
            if (problems.Count > 0)
            {
                Problem = string.Join(" ", problems);
                return true;
            }

            var merged = _sources.Merge(values);
            var waiting = merged.Where(s => !s.Setting.Live && s.Value != Now.Text(s.Setting.Name)).Select(s => s.Setting.Name).ToList();
            Problem = waiting.Count == 0 ? null : $"Takes effect at the next start: {string.Join(", ", waiting)}.";
            var before = Now;
            Now = new LoomSettings([.. merged.Select(s => s.Setting.Live ? s : before.All.First(b => b.Setting == s.Setting))]);
        }

        Changed?.Invoke(Now);
        return true;
    }

    private (DateTime Written, long Length) Stamp()
    {
        var info = new FileInfo(File);
        return info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
    }

    private (IReadOnlyDictionary<string, GivenValue> Values, IReadOnlyList<ConfigProblem> Problems) ReadFile() =>
        ConfigFile.Read(File, _sources.FileIsNamed);
}
