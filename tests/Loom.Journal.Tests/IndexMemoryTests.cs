using System.Globalization;
using Loom.Core;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Journal.Tests;

/// <summary>Alone in its process while it runs: it looks at the heap.</summary>
[CollectionDefinition("memory", DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word")]
public sealed class MemoryCollection;

/// <summary>An opened journal does not hold the log in memory, however it came by its index.</summary>
[Collection("memory")]
public sealed class IndexMemoryTests(ITestOutputHelper output)
{
    private const long Gigabyte = 1L << 30;

    [Fact]
    public async Task Ten_million_events_are_indexed_in_less_than_a_gigabyte()
    {
        var events = Tier.Count(ci: 100_000, @long: 10_000_000);
        var streams = events / 100;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var folder = new TemporaryFolder();

        // Segments so small in the short run that there are as many as in the long one.
        var options = new SegmentedJournalOptions { Directory = folder.Path, SegmentBytes = Math.Max(1 << 20, 256L * events / 10 / 4) };
        await using (var journal = await SegmentedJournal.OpenAsync(options, CancellationToken.None))
        {
            await FillAsync(journal, events, streams);
        }

        var held = await HeldAsync(options, before, events, streams);
        foreach (var index in Directory.EnumerateFiles(folder.Path, "*.idx"))
        {
            File.Delete(index);
        }

        var rebuilt = await HeldAsync(options, before, events, streams);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[index memory] {events:N0} events, one a record, in {streams:N0} streams and {Directory.EnumerateFiles(folder.Path, "*.seg").Count()} segments: {held / 1e6:F1} MB held after opening, {rebuilt / 1e6:F1} MB with every index rebuilt, working set {Environment.WorkingSet / 1e6:F0} MB"));

        // A gigabyte for ten million, and in proportion for fewer (with a floor for what does not grow).
        var limit = Math.Max(Gigabyte * events / 10_000_000, 32 << 20);
        Assert.InRange(held, 0, limit);
        Assert.InRange(rebuilt, 0, limit);
        Assert.InRange(Environment.WorkingSet, 0, Gigabyte);
    }

    private static async Task<long> HeldAsync(SegmentedJournalOptions options, long before, int events, int streams)
    {
        await using var journal = await SegmentedJournal.OpenAsync(options, CancellationToken.None);
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var stream = random.Next(streams);
            var count = 0;
            await foreach (var e in journal.ReadStreamAsync(Name(stream), Direction.Forwards, 0, long.MaxValue, CancellationToken.None))
            {
                Assert.Equal(count++, e.Revision);
            }

            Assert.Equal(events / streams, count);
        }

        return Math.Max(0, GC.GetTotalMemory(forceFullCollection: true) - before);
    }

    private static async Task FillAsync(SegmentedJournal journal, int events, int streams)
    {
        var data = "{\"amount\":\"4200\",\"reference\":\"index memory\"}"u8.ToArray();
        var running = new Queue<Task<AppendResult>>();
        for (var i = 0; i < events; i++)
        {
            var e = new EventData(Guid.NewGuid(), "deposited.v1", EventData.Json, data, "{}"u8.ToArray());
            running.Enqueue(journal.AppendAsync(Name(i % streams), ExpectedRevision.Any, [e], CancellationToken.None));
            if (running.Count >= 8000)
            {
                Assert.IsType<AppendResult.Appended>(await running.Dequeue());
            }
        }

        Assert.All(await Task.WhenAll(running), r => Assert.IsType<AppendResult.Appended>(r));
    }

    private static StreamName Name(int stream) => StreamName.Parse(string.Create(CultureInfo.InvariantCulture, $"account-{stream}"));
}
