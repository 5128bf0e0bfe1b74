using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Loom.Cli.Testing;

/// <summary>
/// What the long tier has already finished at this commit, so that a run that was cut off goes on where it stopped;
/// and the summary that is committed as evidence.
/// </summary>
internal sealed class LongTier
{
    private readonly string _file;
    private readonly Dictionary<string, Entry> _done;

    private LongTier(string file, string commit, Dictionary<string, Entry> done) => (_file, Commit, _done) = (file, commit, done);

    /// <summary>The commit under test.</summary>
    public string Commit { get; }

    /// <summary>Where the suites keep the seeds they have finished, so that one that is cut off goes on inside a project too.</summary>
    public string Progress => Path.ChangeExtension(_file, null);

    /// <summary>Opens the progress of this commit; another commit's is left alone.</summary>
    public static async Task<LongTier> OpenAsync(string root, CancellationToken cancellationToken)
    {
        var (exit, output) = await ChildProcess.CaptureAsync(
            "git", ["-C", root, "rev-parse", "--short=12", "HEAD"], new Dictionary<string, string>(), cancellationToken);
        var commit = exit == 0 ? output.Trim() : "unknown";
        var file = Path.Combine(root, "artifacts", "long", commit + ".json");
        var done = File.Exists(file)
            ? JsonSerializer.Deserialize<Dictionary<string, Entry>>(await File.ReadAllTextAsync(file, cancellationToken)) ?? []
            : [];
        return new LongTier(file, commit, done);
    }

    /// <summary>Whether the project already passed at this commit.</summary>
    public bool IsDone(string project) => _done.ContainsKey(project);

    /// <summary>Remembers a project that passed.</summary>
    public async Task FinishAsync(TestRun run, CancellationToken cancellationToken)
    {
        _done[run.Project] = new Entry(run.Passed, run.Skipped.Count, run.Took.TotalMinutes, run.Notes);
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        await File.WriteAllTextAsync(_file, JsonSerializer.Serialize(_done), cancellationToken);
    }

    /// <summary>The evidence page: per project what passed, in how many minutes, with the suites' seeds and counts.</summary>
    public string Summary()
    {
        var text = new StringBuilder($"# Long tier at {Commit}\n\n| project | passed | skipped | minutes |\n|---|---|---|---|\n");
        foreach (var (project, entry) in _done.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {project} | {entry.Passed} | {entry.Skipped} | {entry.Minutes:F1} |\n");
        }

        text.Append("\n```text\n");
        foreach (var note in _done.OrderBy(d => d.Key, StringComparer.Ordinal).SelectMany(d => d.Value.Notes))
        {
            text.Append(note).Append('\n');
        }

        return text.Append("```\n").ToString();
    }

    private sealed record Entry(int Passed, int Skipped, double Minutes, IReadOnlyList<string> Notes);
}
