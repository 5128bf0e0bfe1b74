using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Persistent;

/// <summary>Groups and consumers through Loom's own client.</summary>
public sealed class PersistentClientTests : PersistentTestBase
{
    private static readonly PersistentGroup Group = new(StreamName.Parse(Source), "billing");

    [Fact(Timeout = 600_000)]
    public async Task What_is_acknowledged_is_done_and_what_is_not_comes_again_to_the_next_consumer()
    {
        await AppendAsync(5);
        await using var client = await ConnectAsync(Address.Port);
        await client.CreateGroupAsync(Group, new PersistentSettings { From = 1 }, None);
        await using (var first = client.Consume(Group, buffer: 4))
        {
            var taken = await TakeAsync(first, 4);
            Assert.Equal([1L, 2, 3, 4], taken.Select(d => d.Event.Revision));
            Assert.All(taken, d => Assert.Equal((0, "happened", Source), (d.Retries, d.Event.Type, d.Event.Stream.Value)));
            Assert.True(await first.AckAsync(taken[0], taken[1]));
            await UntilAsync(client, info => info.InFlight == 2);
        }

        await using var second = client.Consume(Group);
        Assert.Equal([3L, 4], (await TakeAsync(second, 2)).Select(d => d.Event.Revision));
    }

    [Fact(Timeout = 600_000)]
    public async Task Events_are_parked_listed_and_replayed()
    {
        await AppendAsync(3);
        await using var client = await ConnectAsync(Address.Port);
        Assert.Empty(await client.GroupsAsync(None));
        await client.CreateGroupAsync(Group, new PersistentSettings(), None);
        await client.CreateGroupAsync(new PersistentGroup(null, "everything"), new PersistentSettings { From = ulong.MaxValue, Strategy = PersistentStrategy.Pinned }, None);
        await using var consumer = client.Consume(Group);
        foreach (var delivery in await TakeAsync(consumer, 3))
        {
            Assert.True(await consumer.NackAsync(NackAction.Park, "unpaid", delivery));
        }

        await UntilAsync(client, info => info.Parked == 3);
        Assert.Equal(["$all::everything", "orders::billing"], (await client.GroupsAsync(None)).Select(g => g.Group.ToString()).Order(StringComparer.Ordinal));
        await client.ReplayParkedAsync(Group, stopAt: 2, None);
        var again = await TakeAsync(consumer, 2);
        Assert.Equal([0L, 1], again.Select(d => d.Event.Revision));
        await consumer.AckAsync(again);
        await UntilAsync(client, info => info.Parked == 1);
        Assert.Equal(1, (await client.GroupAsync(Group, None)).Consumers);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_group_of_everything_gets_what_its_filter_lets_through()
    {
        await AppendAsync(2, "orders");
        await AppendAsync(2, "invoices");
        await using var client = await ConnectAsync(Address.Port);
        var group = new PersistentGroup(null, "filtered");
        await client.CreateGroupAsync(group, new PersistentSettings { Filter = new EventFilter(["invoices"]) }, None);
        await using var consumer = client.Consume(group);
        Assert.Equal(["invoices", "invoices"], (await TakeAsync(consumer, 2)).Select(d => d.Event.Stream.Value));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_consumer_goes_on_over_a_restart_and_over_new_settings()
    {
        await AppendAsync(1);
        var server = await ServeAsync();
        var port = server.Address.Port;
        await using var client = await ConnectAsync(port);
        await client.CreateGroupAsync(Group, new PersistentSettings(), None);
        await using var consumer = client.Consume(Group);
        await using var deliveries = consumer.ReadAsync(None).GetAsyncEnumerator(None);
        Assert.Equal(0, await NextAsync(deliveries, consumer));

        await server.DisposeAsync();
        server = await ServeAsync(port);
        await AppendAsync(1);
        Assert.Equal(1, await NextAsync(deliveries, consumer));

        await client.UpdateGroupAsync(Group, new PersistentSettings { MaxRetries = 3 }, None);
        await AppendAsync(1);
        Assert.Equal(2, await NextAsync(deliveries, consumer));

        await client.DeleteGroupAsync(Group, None);
        var gone = await Assert.ThrowsAsync<JournalException>(() => deliveries.MoveNextAsync().AsTask());
        Assert.Equal(JournalFailure.Refused, gone.Failure);
        Assert.Contains("does not exist", gone.Message, StringComparison.Ordinal);
        await server.DisposeAsync();

        // What had been acknowledged may come again where its acknowledgement was lost; it is passed over.
        async Task<long> NextAsync(IAsyncEnumerator<PersistentDelivery> all, PersistentConsumer by)
        {
            var seen = -1L;
            var wanted = await Journal.LastRevisionAsync(StreamName.Parse(Source), None);
            while (seen < wanted)
            {
                Assert.True(await all.MoveNextAsync());
                seen = all.Current.Event.Revision;
                await by.AckAsync(all.Current);
            }

            return seen;
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task What_cannot_be_is_refused_and_the_connection_stays()
    {
        await using var client = await ConnectAsync(Address.Port);
        await client.CreateGroupAsync(Group, new PersistentSettings { MaxConsumers = 1 }, None);
        var none = Group with { Name = "nobody" };
        await RefusedAsync(() => client.CreateGroupAsync(Group, new PersistentSettings(), None), "already exists");
        await RefusedAsync(() => client.CreateGroupAsync(none, new PersistentSettings { ReadBatch = 500 }, None), "history buffer");
        await RefusedAsync(() => client.UpdateGroupAsync(none, new PersistentSettings(), None), "does not exist");
        await RefusedAsync(() => client.DeleteGroupAsync(none, None), "does not exist");
        await RefusedAsync(() => client.GroupAsync(none, None), "does not exist");
        await RefusedAsync(() => client.ReplayParkedAsync(none, null, None), "does not exist");

        await AppendAsync(1);
        await using var first = client.Consume(Group);
        Assert.Single(await TakeAsync(first, 1));
        await using var second = client.Consume(Group);
        await RefusedAsync(() => TakeAsync(second, 1), "Maximum subscriptions reached");
        Assert.Equal(0, (await client.GroupAsync(Group, None)).Parked);

        await using var auditor = await ConnectAsync(Address.Port, "auditor");
        await RefusedAsync(() => auditor.DeleteGroupAsync(Group, None), "denied access");
    }

    [Fact(Timeout = 600_000)]
    public async Task Reading_ends_with_its_caller_and_with_the_consumer()
    {
        await using var client = await ConnectAsync(Address.Port);
        await client.CreateGroupAsync(Group, new PersistentSettings(), None);
        var consumer = client.Consume(Group);
        using var enough = new CancellationTokenSource();
        await using var cancelled = consumer.ReadAsync(enough.Token).GetAsyncEnumerator(None);
        var reading = cancelled.MoveNextAsync().AsTask();
        await UntilAsync(client, info => info.Consumers == 1);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await UntilAsync(client, info => info.Consumers == 0);

        await AppendAsync(1);
        Assert.Single(await TakeAsync(consumer, 1));
        await consumer.DisposeAsync();
        await UntilAsync(client, info => info.Consumers == 0);
        Assert.False(await consumer.AckAsync());
    }

    private static Task<EventStoreDbJournal> ConnectAsync(int port, string user = "admin") => EventStoreDbJournal.ConnectAsync(
        new EventStoreDbJournalOptions { Settings = EventStoreDbSettings.Parse($"esdb://{user}:a@localhost:{port}?tls=false"), RetryDuring = TimeSpan.FromMinutes(5) }, None);

    private static async Task<List<PersistentDelivery>> TakeAsync(PersistentConsumer consumer, int count)
    {
        var taken = new List<PersistentDelivery>();
        await foreach (var delivery in consumer.ReadAsync(None))
        {
            taken.Add(delivery);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    private static async Task UntilAsync(EventStoreDbJournal client, Func<PersistentInfo, bool> holds)
    {
        while (!holds(await client.GroupAsync(Group, None)))
        {
            await Task.Yield();
        }
    }

    private static async Task RefusedAsync(Func<Task> act, string why)
    {
        var e = await Assert.ThrowsAsync<JournalException>(act);
        Assert.Equal(JournalFailure.Refused, e.Failure);
        Assert.Contains(why, e.Message, StringComparison.OrdinalIgnoreCase);
    }
}
