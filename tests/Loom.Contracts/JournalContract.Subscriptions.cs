using Loom.Core;
using Loom.Journal;
using Xunit;

namespace Loom.Contracts;

public abstract partial class JournalContract
{
    // 6: subscriptions yield each durable event once, in order; history first, then what arrives.
    [ContractFact(Timeout = 600_000)]
    public async Task Promise_6_a_stream_is_followed_from_its_history_into_the_present()
    {
        await Appended("s", ExpectedRevision.NoStream, Events(5));
        await Appended("noise", ExpectedRevision.NoStream, Events(5));
        var messages = Take(Journal.SubscribeToStreamAsync(Stream("s"), 1, None), list => Arrived(list).Count == 8);
        await Appended("s", ExpectedRevision.At(4), Events(2));
        await Appended("noise", ExpectedRevision.At(4), Events(2));
        await Appended("s", ExpectedRevision.At(6), Events(3));
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], Arrived(await messages).Select(e => e.Revision));
    }

    [ContractFact(Timeout = 600_000)]
    public async Task Promise_6_caught_up_comes_after_history_and_before_what_arrives()
    {
        await Appended("s", ExpectedRevision.NoStream, Events(3));
        var first = new TaskCompletionSource();
        var messages = Take(
            Journal.SubscribeToAllAsync(null, null, None),
            list =>
            {
                if (list[^1] is SubscriptionMessage.CaughtUp)
                {
                    first.TrySetResult();
                }

                return Arrived(list).Count == 4;
            });
        await first.Task;
        await Appended("s", ExpectedRevision.At(2), Event());
        var list = await messages;
        Assert.Equal(3, list.FindIndex(m => m is SubscriptionMessage.CaughtUp));
        Assert.Equal([0, 1, 2, 3], Arrived(list).Select(e => e.Revision));
    }

    [ContractFact(Timeout = 600_000)]
    public async Task A_subscription_to_what_is_not_there_yet_waits_for_it()
    {
        var messages = Take(Journal.SubscribeToStreamAsync(Stream("later"), -1, None), list => Arrived(list).Count == 1);
        await Appended("earlier", ExpectedRevision.NoStream, Event());
        await Appended("later", ExpectedRevision.NoStream, Event());
        Assert.Equal("later", Assert.Single(Arrived(await messages)).Stream.Value);
    }

    [ContractFact(Timeout = 600_000)]
    public async Task Promise_6_no_event_is_missed_or_repeated_between_history_and_present()
    {
        const int Total = 600;
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < Total / 3; i++)
            {
                await Append($"s-{i % 5}", ExpectedRevision.Any, Events(3));
            }
        });
        var followers = Enumerable.Range(0, 4).Select(_ => Take(Journal.SubscribeToAllAsync(null, null, None), list => list.Count >= Total && Arrived(list).Count == Total)).ToList();
        await writing;
        var expected = (await ReadAll()).Select(e => e.Position).ToList();
        foreach (var follower in followers)
        {
            Assert.Equal(expected, Arrived(await follower).Select(e => e.Position));
        }
    }

    [ContractFact(Timeout = 600_000)]
    public async Task A_subscription_starts_after_its_position()
    {
        await Appended("s", ExpectedRevision.NoStream, Events(6));
        var all = await ReadAll();
        var messages = await Take(Journal.SubscribeToAllAsync(all[2].Position, null, None), list => list[^1] is SubscriptionMessage.CaughtUp);
        Assert.Equal(all.Skip(3).Select(e => e.Position), Arrived(messages).Select(e => e.Position));
    }

    [ContractFact(Timeout = 600_000)]
    public async Task A_filtered_subscription_yields_checkpoints_for_what_it_skips()
    {
        for (var i = 0; i < 25; i++)
        {
            await Appended("noise", ExpectedRevision.Any, Events(100));
        }

        await Appended("wanted-1", ExpectedRevision.NoStream, Event());
        await Appended("noise", ExpectedRevision.Any, Events(100));
        var end = await Journal.LastPositionAsync(None);
        var messages = await Take(Journal.SubscribeToAllAsync(null, new EventFilter(["wanted-"]), None), list => list[^1] is SubscriptionMessage.CaughtUp);
        Assert.Single(Arrived(messages));
        var checkpoints = messages.OfType<SubscriptionMessage.Checkpoint>().Select(c => c.Position).ToList();
        Assert.True(checkpoints.Count >= 2, $"{checkpoints.Count} checkpoints over 2,600 skipped events");
        Assert.Equal(checkpoints.Distinct().Order(), checkpoints);
        Assert.Equal(end, checkpoints[^1]);

        // A checkpoint is a place to start again: nothing before it comes, everything after it does.
        var again = await Take(Journal.SubscribeToAllAsync(checkpoints[0], new EventFilter(["wanted-"]), None), list => list[^1] is SubscriptionMessage.CaughtUp);
        Assert.Single(Arrived(again));
        Assert.Empty(Arrived(await Take(Journal.SubscribeToAllAsync(end, new EventFilter(["wanted-"]), None), list => list[^1] is SubscriptionMessage.CaughtUp)));
    }

    [ContractFact(Timeout = 600_000)]
    public async Task A_subscription_ends_by_cancellation()
    {
        using var stop = new CancellationTokenSource();
        var following = Take(
            Journal.SubscribeToAllAsync(null, null, stop.Token),
            list =>
            {
                stop.Cancel();
                return false;
            });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }
}
