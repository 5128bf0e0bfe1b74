using System.Diagnostics;
using System.Text;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Embedded;

namespace Loom.Benchmarks;

/// <summary>
/// The journal alone: appends with 256 in flight against a bare loop that writes and syncs the very same bytes in the same
/// groups. Rates depend on the disk, so every line stands beside the fsync rate measured just before, and journal and
/// bare loop take turns in short slices. The control is the bare loop against itself on the same bytes: how far it is from 100% is how
/// much the ratio beside it can be trusted. A ratio above 100% is no result: the journal cannot beat the loop, so something else differed.
/// </summary>
internal static class JournalBenchmark
{
    private const int InFlight = 256;
    private const int Streams = InFlight;
    private const int Rounds = 3;
    private const int Slices = 10;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(400);

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("loom-bench-journal-").FullName;
        try
        {
            var ratios = new List<double>();
            for (var round = 1; round <= Rounds; round++)
            {
                ratios.Add(await AppendsAsync(Path.Combine(folder, $"r{round}"), round, output, cancellationToken));
            }

            ratios.Sort();
            var median = ratios[Rounds / 2];
            output.Line($"journal appends / bare loop, median of {Rounds}: {median:P0} (goal: at least 60%){(median > 1 ? "; above 100%: not a valid measurement, repeat it on a quiet machine" : "")}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> AppendsAsync(string folder, int round, TextWriter output, CancellationToken cancellationToken)
    {
        var fsyncs = Figures.FsyncRate(folder, cancellationToken);
        var recorder = new RecordingDisk();
        using var bareFile = LocalDisk.Instance.Open(Path.Combine(folder, "bare"), DiskAccess.ReadWrite);
        var heads = new long[Streams];
        Array.Fill(heads, -1);
        long appends = 0;
        long groups = 0;
        long bareEnd = 0;
        var (seconds, bareSeconds, controlSeconds) = (0.0, 0.0, 0.0);
        long syncs = 0;
        await using var journal = await SegmentedJournal.OpenAsync(
            new SegmentedJournalOptions { Directory = Path.Combine(folder, "journal"), Disk = recorder }, cancellationToken);
        for (var slice = 0; slice < Slices; slice++)
        {
            recorder.Groups.Clear();
            var syncsBefore = recorder.Syncs;
            var clock = Stopwatch.StartNew();
            var counts = await Task.WhenAll(Enumerable.Range(0, InFlight).Select(i => Task.Run(() => CallAsync(journal, i, heads, clock, cancellationToken), cancellationToken)));
            seconds += clock.Elapsed.TotalSeconds;
            appends += counts.Sum();
            groups += recorder.Groups.Count;
            syncs += recorder.Syncs - syncsBefore;

            // On a thread of its own, as the journal's writer is.
            await Task.Factory.StartNew(
                () =>
                {
                    bareSeconds += Bare(bareFile, ref bareEnd, recorder.Groups, cancellationToken);
                    controlSeconds += Bare(bareFile, ref bareEnd, recorder.Groups, cancellationToken);
                },
                cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        var ratio = bareSeconds / seconds;
        output.Line($"journal round {round}: fsync {fsyncs:N0}/s; {InFlight} in flight: {appends / seconds:N0} appends/s in {groups / seconds:N0} groups/s of {(double)appends / groups:N1}; the same bytes in a bare loop: {appends / bareSeconds:N0} appends/s; ratio {ratio:P0}; control {bareSeconds / controlSeconds:P0}");
        return syncs == groups
            ? ratio
            : throw new InvalidOperationException($"The journal wrote {groups} groups with {syncs} fsyncs; the comparison would be unfair.");
    }

    private static async Task<long> CallAsync(SegmentedJournal journal, int caller, long[] heads, Stopwatch clock, CancellationToken cancellationToken)
    {
        var stream = StreamName.Parse($"bench-{caller}");
        var body = Encoding.UTF8.GetBytes("{\"amount\":4200,\"currency\":\"EUR\",\"note\":\"" + new string('x', 150) + "\"}");
        long count = 0;
        while (clock.Elapsed < Slice)
        {
            EventData[] events = [new(Guid.NewGuid(), "deposited", EventData.Json, body, "{}"u8.ToArray())];
            if (await journal.AppendAsync(stream, ExpectedRevision.After(heads[caller]), events, cancellationToken) is not AppendResult.Appended appended)
            {
                throw new InvalidOperationException($"An append to {stream} was refused.");
            }

            heads[caller] = appended.LastRevision;
            count++;
        }

        return count;
    }

    /// <summary>Writes and syncs the recorded groups with nothing in between; returns the seconds it took.</summary>
    private static double Bare(IDiskFile file, ref long end, List<byte[]> groups, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        foreach (var group in groups)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(end, group);
            file.Sync();
            end += group.Length;
        }

        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>The real disk, which also keeps what was written between two syncs.</summary>
    private sealed class RecordingDisk : IDisk
    {
        private readonly LocalDisk _disk = LocalDisk.Instance;

        public List<byte[]> Groups { get; } = [];

        public long Syncs { get; set; }

        public void CreateDirectory(string directory) => _disk.CreateDirectory(directory);

        public bool DirectoryExists(string directory) => _disk.DirectoryExists(directory);

        public IReadOnlyList<string> ListFiles(string directory) => _disk.ListFiles(directory);

        public IReadOnlyList<string> ListDirectories(string directory) => _disk.ListDirectories(directory);

        public DateTimeOffset WrittenAt(string path) => _disk.WrittenAt(path);

        public IDiskFile Open(string path, DiskAccess access) =>
            access == DiskAccess.ReadWrite && path.EndsWith(".seg", StringComparison.Ordinal) ? new RecordingFile(_disk.Open(path, access), this) : _disk.Open(path, access);

        public void Rename(string from, string to) => _disk.Rename(from, to);

        public void Delete(string path) => _disk.Delete(path);

        public void SyncDirectory(string directory) => _disk.SyncDirectory(directory);

        public IDisposable? TryLock(string path, out int? holder) => _disk.TryLock(path, out holder);
    }

    private sealed class RecordingFile(IDiskFile file, RecordingDisk disk) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            disk.Groups.Add(bytes.ToArray());
            file.Write(offset, bytes);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Sync()
        {
            disk.Syncs++;
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
