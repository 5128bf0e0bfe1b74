using Loom.Core;
using Loom.EventStoreDb;
using Loom.Journal;

namespace Loom.Benchmarks.EventStoreDb;

/// <summary>A persistent subscription, each event acknowledged, beside a catch-up subscription of the same events; both through the protocol, by turns.</summary>
internal static class GroupBenchmark
{
    private const int Events = 20_000;
    private const int Batch = 100;
    private const int Rounds = 4;
    private const int Buffer = 500;

    public static async Task RunAsync(SegmentedJournal journal, EventStoreDbJournal client, TextWriter output, CancellationToken cancellationToken)
    {
        var stream = StreamName.Parse("shared-work");
        for (var i = 0; i < Events; i += Batch)
        {
            EventData[] batch = [.. Enumerable.Range(0, Batch).Select(_ => new EventData(Guid.NewGuid(), "deposited", EventData.Json, "{\"amount\":4200}"u8.ToArray(), default))];
            await journal.AppendAsync(stream, ExpectedRevision.After(i - 1), batch, cancellationToken);
        }

        var (catchUp, group) = (new Load(), new Load());
        for (var round = 0; round < Rounds; round++)
        {
            // The first round of each warms up.
            await CatchUpAsync(client, stream, round == 0 ? new Load() : catchUp, cancellationToken);
            await ConsumeAsync(client, new PersistentGroup(stream, $"bench-{round}"), round == 0 ? new Load() : group, cancellationToken);
        }

        output.Line($"persistent subscription, each event acknowledged: {group}; catch-up subscription {catchUp}; ratio {group.Rate / catchUp.Rate:P0}");
    }

    private static async Task CatchUpAsync(EventStoreDbJournal client, StreamName stream, Load load, CancellationToken cancellationToken)
    {
        using var measured = load.Measure();
        var seen = 0;
        await foreach (var message in client.SubscribeToStreamAsync(stream, -1, cancellationToken))
        {
            if (message is SubscriptionMessage.EventArrived && ++seen == Events)
            {
                break;
            }
        }

        load.Count += seen;
    }

    private static async Task ConsumeAsync(EventStoreDbJournal client, PersistentGroup group, Load load, CancellationToken cancellationToken)
    {
        await client.CreateGroupAsync(group, new PersistentSettings { ReadBatch = 100 }, cancellationToken);
        using var measured = load.Measure();
        await using var consumer = client.Consume(group, Buffer);
        var seen = 0;
        await foreach (var delivery in consumer.ReadAsync(cancellationToken))
        {
            await consumer.AckAsync(delivery);
            if (++seen == Events)
            {
                break;
            }
        }

        load.Count += seen;
    }
}
