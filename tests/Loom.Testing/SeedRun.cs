using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Loom.Testing;

/// <summary>
/// One randomised suite's run over seeds in order, with what it counted. Where <c>LOOM_PROGRESS</c> names a folder (the long tier does),
/// finished seeds and counts are kept there, and a run that was cut off goes on at the seed where it stopped.
/// </summary>
public sealed class SeedRun
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(2);

    private readonly string _suite;
    private readonly string? _file;
    private readonly Stopwatch _sinceSaved = Stopwatch.StartNew();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private Progress _progress;
    private bool _dear; // seeds that take long are kept one by one

    private SeedRun(string suite, int count, string? file, Progress progress) =>
        (_suite, Count, _file, _progress) = (suite, count, file, progress);

    /// <summary>The first seed.</summary>
    public int First => _progress.First;

    /// <summary>How many seeds the whole run has.</summary>
    public int Count { get; }

    /// <summary>What was counted over all finished seeds.</summary>
    public SortedDictionary<string, long> Counts => _progress.Counts;

    /// <summary>Seeds still to run.</summary>
    public IEnumerable<int> Left
    {
        get
        {
            while (_progress.Done < Count)
            {
                yield return First + _progress.Done;
            }
        }
    }

    /// <summary>Starts a run, or goes on with one that was cut off.</summary>
    public static SeedRun Start(string suite, int count)
    {
        var folder = Environment.GetEnvironmentVariable("LOOM_PROGRESS");
        var file = string.IsNullOrEmpty(folder)
            ? null
            : Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{suite.Replace(' ', '-')}-{count}.json"));
        if (file is not null && File.Exists(file) && JsonSerializer.Deserialize<Progress>(File.ReadAllText(file)) is { } kept)
        {
            Console.WriteLine($"[{suite}] goes on after {kept.Done} of {count} seeds, LOOM_SEED={kept.First}");
            return new SeedRun(suite, count, file, kept);
        }

        return new SeedRun(suite, count, file, new Progress(Seeds.First(suite), 0, 0, new(StringComparer.Ordinal)));
    }

    /// <summary>The next seed is done; its counts are added.</summary>
    public void Finish(IEnumerable<KeyValuePair<string, long>> counts)
    {
        foreach (var (what, times) in counts)
        {
            Counts[what] = Counts.GetValueOrDefault(what) + times;
        }

        var took = _watch.Elapsed;
        _progress = _progress with { Done = _progress.Done + 1, Seconds = _progress.Seconds + took.TotalSeconds };
        _watch.Restart();
        _dear |= took > SaveEvery;
        if (_progress.Done == Count || _dear || _sinceSaved.Elapsed > SaveEvery)
        {
            Save();
        }
    }

    /// <summary>The line for the evidence: seeds, minutes, counts.</summary>
    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"[{_suite}] {_progress.Done} seeds, {First} to {First + _progress.Done - 1}, in {_progress.Seconds / 60:F1} min: {string.Join(", ", Counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}")))}");

    private void Save()
    {
        if (_file is null)
        {
            return;
        }

        _sinceSaved.Restart();
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        var temporary = _file + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(_progress));
        File.Move(temporary, _file, overwrite: true);
    }

    private sealed record Progress(int First, int Done, double Seconds, SortedDictionary<string, long> Counts);
}
