using Loom.Core;
using Loom.Journal;
using Xunit;

namespace Loom.Contracts;

public abstract partial class JournalContract
{
    [ContractFact]
    public async Task A_stream_is_read_from_any_revision_in_both_directions()
    {
        for (var i = 0; i < 10; i++)
        {
            await Appended("s", ExpectedRevision.Any, Events(1 + (i % 3)));
            await Appended("noise", ExpectedRevision.Any, Event());
        }

        for (var from = 0; from < 22; from++)
        {
            for (var count = 1; count < 8; count += 3)
            {
                Assert.Equal(
                    Enumerable.Range(from, count).Where(r => r < 19).Select(r => (long)r),
                    (await Read("s", Direction.Forwards, from, count)).Select(e => e.Revision));
                Assert.Equal(
                    Enumerable.Range(0, Math.Min(from, 18) + 1).Reverse().Take(count).Select(r => (long)r),
                    (await Read("s", Direction.Backwards, from, count)).Select(e => e.Revision));
            }
        }

        Assert.Equal(18, (await Read("s", Direction.Backwards, long.MaxValue, 1))[0].Revision);
        Assert.Empty(await Read("s", Direction.Forwards, long.MaxValue));
        Assert.Empty(await Read("s", Direction.Forwards, 0, 0));
        Assert.Empty(await Read("nobody"));
        Assert.Empty(await Read("nobody", Direction.Backwards, long.MaxValue));
    }

    [ContractFact]
    public async Task The_whole_journal_is_read_from_any_position_in_both_directions()
    {
        Assert.Empty(await ReadAll());
        Assert.Empty(await ReadAll(Direction.Backwards, ulong.MaxValue));
        Assert.Null(await Journal.LastPositionAsync(None));
        for (var i = 0; i < 12; i++)
        {
            await Appended($"s-{i % 3}", ExpectedRevision.Any, Events(1 + (i % 2)));
        }

        var all = (await ReadAll()).Select(e => e.Position).ToList();
        Assert.Equal(18, all.Count);
        var probes = all.Concat(all.Select(p => p + 1)).Append(0UL).Append(ulong.MaxValue);
        foreach (var from in probes)
        {
            Assert.Equal(all.Where(p => p >= from), (await ReadAll(Direction.Forwards, from)).Select(e => e.Position));
            Assert.Equal(all.Where(p => p < from).Reverse(), (await ReadAll(Direction.Backwards, from)).Select(e => e.Position));
            Assert.Equal(all.Where(p => p >= from).Take(3), (await ReadAll(Direction.Forwards, from, 3)).Select(e => e.Position));
        }
    }

    [ContractFact]
    public async Task A_filter_lets_only_its_prefixes_through()
    {
        foreach (var stream in new[] { "account-1", "transfer-1", "loom.log", "account-2", "accounts" })
        {
            await Appended(stream, ExpectedRevision.Any, Event());
        }

        var filter = new EventFilter(["account-", "loom."]);
        Assert.Equal(["account-1", "loom.log", "account-2"], (await ReadAll(filter: filter)).Select(e => e.Stream.Value));
        Assert.Equal(["account-2", "loom.log"], (await ReadAll(Direction.Backwards, ulong.MaxValue, 2, filter)).Select(e => e.Stream.Value));
        Assert.Equal(5, (await ReadAll(filter: new EventFilter([]))).Count);
    }

    // 6: reads yield each durable event once, in order, also while appends go on.
    [ContractFact]
    public async Task Promise_6_reads_are_stable_while_appends_go_on()
    {
        await Appended("busy", ExpectedRevision.NoStream, Events(20));
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 300 && !stop.IsCancellationRequested; i++)
            {
                await Append("busy", ExpectedRevision.Any, Events(3));
            }
        });
        for (var i = 0; i < 30; i++)
        {
            var all = await ReadAll();
            Assert.Equal(Enumerable.Range(0, all.Count).Select(r => (long)r), all.Select(e => e.Revision));
            var back = await Read("busy", Direction.Backwards, long.MaxValue);
            Assert.Equal(Enumerable.Range(0, back.Count).Reverse().Select(r => (long)r), back.Select(e => e.Revision));
        }

        await stop.CancelAsync();
        await writing;
    }

    [ContractTheory]
    [InlineData("loom.cursors-projection")]
    [InlineData("$$orders")]
    public async Task A_stream_that_keeps_its_newest_event_only_is_empty_at_first(string stream)
    {
        Assert.Empty(await Read(stream));
        Assert.Empty(await Read(stream, Direction.Backwards, long.MaxValue));
        Assert.Equal(-1, await Journal.LastRevisionAsync(Stream(stream), None));
    }

    [ContractFact]
    public async Task A_cursor_stream_shows_only_its_newest_event()
    {
        for (var i = 0; i < 5; i++)
        {
            await Appended("loom.cursors-projection", ExpectedRevision.After(i - 1), Event());
            await Appended("loom.cursor", ExpectedRevision.After(i - 1), Event());
        }

        Assert.Equal(4, Assert.Single(await Read("loom.cursors-projection")).Revision);
        Assert.Equal(4, Assert.Single(await Read("loom.cursors-projection", Direction.Backwards, long.MaxValue)).Revision);
        Assert.Equal(4, await Journal.LastRevisionAsync(Stream("loom.cursors-projection"), None));
        Assert.Equal(5, (await Read("loom.cursor")).Count);
    }

    [ContractFact]
    public async Task A_cancelled_read_ends_with_the_cancellation()
    {
        await Appended("s", ExpectedRevision.NoStream, Events(3));
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Collect(Journal.ReadStreamAsync(Stream("s"), Direction.Forwards, 0, 10, cancelled)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Collect(Journal.ReadAllAsync(Direction.Forwards, 0, 10, null, cancelled)));
    }
}
