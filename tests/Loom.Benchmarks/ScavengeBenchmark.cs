using System.Diagnostics;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Embedded;

namespace Loom.Benchmarks;

/// <summary>
/// Scavenging beside a plain copy of the same files with one fsync each, read and written in pieces of the same size: both in bytes of segments a second,
/// and in processor time, which neighbours on the machine do not change as much.
/// </summary>
internal static class ScavengeBenchmark
{
    private const int Streams = 64;
    private const int Appends = 240_000;
    private const int Rounds = 3;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("loom-bench-scavenge-").FullName;
        try
        {
            for (var round = 1; round <= Rounds; round++)
            {
                await RoundAsync(Path.Combine(folder, $"r{round}"), round, output, cancellationToken);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RoundAsync(string folder, int round, TextWriter output, CancellationToken cancellationToken)
    {
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = folder, SegmentBytes = 16 << 20 }, cancellationToken);
        await FillAsync(journal, cancellationToken);
        var bytes = journal.Durable.Segments[..^1].Select((s, i) => journal.Durable.LimitOf(i)).Sum();
        var copy = Measured(() => Copy(journal, folder + "-copy", cancellationToken));
        var looked = await MeasuredAsync(() => journal.ScavengeAsync(new ScavengeRequest { DryRun = true }, null, cancellationToken));
        ScavengeReport report = null!;
        var done = await MeasuredAsync(async () => report = await journal.ScavengeAsync(new ScavengeRequest(), null, cancellationToken));
        output.Line($"scavenge round {round}: {bytes / 1e6:N0} MB in {report.Segments} segments, {report.Events:N0} events gone, {report.BytesFreed / 1e6:N0} MB freed: {bytes / 1e6 / done.Wall:N0} MB/s; a plain copy {bytes / 1e6 / copy.Wall:N0} MB/s; ratio {copy.Wall / done.Wall:P0} of the clock, {copy.Processor / done.Processor:P0} of the processor; only looking {bytes / 1e6 / looked.Wall:N0} MB/s");
    }

    /// <summary>Stretches of half a megabyte in turn: of streams that are deleted afterwards, and of others.</summary>
    private static async Task FillAsync(SegmentedJournal journal, CancellationToken cancellationToken)
    {
        var body = System.Text.Encoding.UTF8.GetBytes("{\"amount\":4200,\"note\":\"" + new string('x', 150) + "\"}");
        var running = new List<Task>(1000);
        for (var i = 0; i < Appends; i++)
        {
            var stream = StreamName.Parse($"{(i / 2000 % 2 == 0 ? "gone" : "kept")}{i % Streams}");
            running.Add(journal.AppendAsync(stream, ExpectedRevision.Any, [new(Guid.NewGuid(), "noted", EventData.Json, body, default)], cancellationToken));
            if (running.Count == 1000)
            {
                await Task.WhenAll(running);
                running.Clear();
            }
        }

        await Task.WhenAll(running);
        for (var i = 0; i < Streams; i++)
        {
            await journal.DeleteAsync(StreamName.Parse($"gone{i}"), ExpectedRevision.Any, cancellationToken);
        }
    }

    private static void Copy(SegmentedJournal journal, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var buffer = new byte[1 << 20];
        var durable = journal.Durable;
        for (var i = 0; i < durable.Segments.Length - 1; i++)
        {
            using var target = LocalDisk.Instance.Open(Path.Combine(folder, $"{i}"), DiskAccess.ReadWrite);
            for (long at = 0, end = durable.LimitOf(i); at < end;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = durable.Segments[i].File.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)));
                target.Write(at, buffer.AsSpan(0, read));
                at += read;
            }

            target.Sync();
            LocalDisk.Instance.SyncDirectory(folder);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static (double Wall, double Processor) Measured(Action act) => MeasuredAsync(() =>
    {
        act();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    private static async Task<(double Wall, double Processor)> MeasuredAsync(Func<Task> act)
    {
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await act();
        var wall = clock.Elapsed.TotalSeconds;
        return (wall, (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds);
    }
}
