using Loom.Core;
using Loom.Journal.Embedded;
using Loom.Testing;

namespace Loom.Journal.Tests;

/// <summary>The newest events in memory: what followers get is the same wherever it comes from, and what is kept is bounded.</summary>
public sealed class RecentEventsTests : JournalTestBase
{
    [Fact]
    public async Task Whoever_follows_from_wherever_sees_every_event_once_and_in_order()
    {
        var seed = Seeds.First("recent-events");
        var random = new Random(seed);
        for (var round = Tier.Count(ci: 20, @long: 500); round > 0; round--)
        {
            var folder = Other($"round-{round}");
            var options = new SegmentedJournalOptions
            {
                Directory = folder,
                SegmentBytes = random.Next(1, 40) * 1024,
                RecentBytes = random.Next(3) == 0 ? 0 : random.Next(1, 200) * 1024,
            };
            await using var journal = await SegmentedJournal.OpenAsync(options, None);
            var followers = Enumerable.Range(0, 3).Select(i => FollowAsync(journal, 300, slow: i == 0)).ToArray();
            for (var appends = 0; appends < 150; appends += 25)
            {
                await FillAsync(journal, 25);
            }

            await FillAsync(journal, 25);
            var memory = await AllAsync(journal);
            var from = memory[random.Next(memory.Count)].Position + (ulong)random.Next(2);
            var part = new List<RecordedEvent>();
            await foreach (var e in journal.ReadAllAsync(Direction.Forwards, from, long.MaxValue, null, None))
            {
                part.Add(e);
            }

            await using var files = await OpenAsync(readOnly: true, folder: folder);
            var stored = (await AllAsync(files)).Select(Text).ToList();
            Assert.True(stored.SequenceEqual(memory.Select(Text)), $"seed {seed}");
            Assert.True(memory.Where(e => e.Position >= from).Select(Text).SequenceEqual(part.Select(Text)), $"seed {seed}");
            foreach (var seen in await Task.WhenAll(followers))
            {
                Assert.True(stored.Take(seen.Count).SequenceEqual(seen), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void What_is_kept_stays_within_its_bytes_and_older_events_are_declined()
    {
        const int Max = 100 * 1024;
        var recent = new RecentEvents(from: 0, Max);
        var random = new Random(1);
        var position = 0UL;
        var largest = 0L;
        for (var i = 0; i < 2_000; i++)
        {
            recent.Add([Request(position, new byte[random.Next(4_000)])]);
            position += 5_000;
            Assert.True(recent.TryRead(position, position, [])); // somebody follows
            largest = Math.Max(largest, recent.Bytes);
        }

        Assert.InRange(largest, Max / 2, Max);
        var events = new List<RecordedEvent>();
        Assert.False(recent.TryRead(0, position, events));
        Assert.False(recent.TryRead(position / 2, position, events));
        Assert.True(recent.TryRead(position - 10_000, position, events));
        Assert.Equal([position - 10_000, position - 5_000], events.Select(e => e.Position));
        Assert.True(recent.TryRead(position, position + 1, events));
        Assert.Empty(events);
    }

    [Fact]
    public void What_nobody_reads_is_not_kept_until_somebody_reads_again()
    {
        var recent = new RecentEvents(from: 0, maxBytes: 100_000);
        for (var position = 0UL; position < 100; position++) recent.Add([Request(position, new byte[4_000])]);
        Assert.Equal(0, recent.Bytes);

        var events = new List<RecordedEvent>();
        Assert.False(recent.TryRead(99, 100, events));
        recent.Add([Request(100, []), Request(101, [])]);
        Assert.True(recent.TryRead(100, 102, events));
        Assert.Equal([100UL, 101UL], events.Select(e => e.Position));
        Assert.False(recent.TryRead(99, 102, events));
    }

    [Fact]
    public void One_event_larger_than_what_is_kept_is_left_to_the_files()
    {
        var recent = new RecentEvents(from: 0, maxBytes: 10_000);
        recent.Add([Request(0, new byte[20_000])]);
        Assert.Equal(0, recent.Bytes);
        Assert.False(recent.TryRead(0, ulong.MaxValue, []));
    }

    [Fact]
    public void Nothing_beyond_what_is_durable_is_shown()
    {
        var recent = new RecentEvents(from: 0, maxBytes: 100_000);
        recent.Add([Request(100, []), Request(200, [])]);
        var events = new List<RecordedEvent>();
        Assert.True(recent.TryRead(0, end: 200, events));
        Assert.Equal([100UL], events.Select(e => e.Position));
    }

    [Fact]
    public async Task An_appender_that_reuses_its_buffer_changes_nothing()
    {
        await using var journal = await OpenAsync();
        var buffer = "{\"a\":1}"u8.ToArray();
        await journal.AppendAsync(
            StreamName.Parse("s"), ExpectedRevision.NoStream, [new EventData(Guid.NewGuid(), "t", EventData.Json, buffer, buffer)], None);
        buffer.AsSpan().Clear();

        var e = Assert.Single(await AllAsync(journal));
        Assert.Equal("{\"a\":1}"u8.ToArray(), e.Data.ToArray());
        Assert.Equal("{\"a\":1}"u8.ToArray(), e.Metadata.ToArray());
    }

    private static AppendRequest Request(ulong position, byte[] data) =>
        new(StreamName.Parse("s"), ExpectedRevision.Any, [new EventData(Guid.NewGuid(), "t", EventData.Binary, data, default)], None) { Position = position };

    private static async Task<List<string>> FollowAsync(SegmentedJournal journal, int count, bool slow)
    {
        var seen = new List<string>();
        await foreach (var message in journal.SubscribeToAllAsync(null, null, None))
        {
            if (message is SubscriptionMessage.EventArrived { Event: var e })
            {
                seen.Add(Text(e));
                if (seen.Count == count)
                {
                    break;
                }

                if (slow && seen.Count % 10 == 0)
                {
                    await Task.Yield();
                }
            }
        }

        return seen;
    }
}
