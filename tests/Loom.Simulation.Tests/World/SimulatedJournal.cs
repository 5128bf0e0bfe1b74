using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Loom.Core;
using Loom.Journal;

namespace Loom.Simulation.Tests;

/// <summary>One host's connection to the shared journal: slow, forgetful, cut off now and then. What it promised stays promised.</summary>
internal sealed class SimulatedJournal(Simulation world, SimulatedHost host) : IJournal
{
    private static readonly StreamName EffectsCursor = StreamName.Parse("loom.cursors-effects");

    public async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        var dice = world.FaultsOn ? world.Random.Next(100) : 100;
        if (dice < 3)
        {
            world.Fault("append fails before it is durable");
            throw new JournalException(JournalFailure.Unavailable, "simulated: cut off before the write");
        }

        // The disk is a process of its own: a write under way lands also when the host dies meanwhile.
        var writing = world.Disk.Run(async () =>
        {
            await world.PauseAsync(dice < 8 ? 4000 : 20);
            var result = await world.Journal.AppendAsync(
                stream, world.Bug == PlantedBug.DropExpectedRevision ? ExpectedRevision.Any : expected, events, CancellationToken.None);
            if (result is AppendResult.Appended { Repeated: false })
            {
                world.Wrote(stream, events, host.Incarnation);
            }

            return result;
        });
        if (world.Bug == PlantedBug.AcknowledgeEarly && expected.IsExact)
        {
            return new AppendResult.Appended(expected.Value + events.Count, null);
        }

        if (dice is >= 3 and < 6)
        {
            world.Fault("append lands after the host gave up");
            throw new TimeoutException("simulated: no answer in time");
        }

        if (dice is >= 6 and < 8)
        {
            world.Fault("append is slow");
        }

        var answer = await writing;
        if (dice is >= 8 and < 11)
        {
            world.Fault("append fails after it is durable");
            throw new JournalException(JournalFailure.Unavailable, "simulated: cut off before the answer");
        }

        if (answer is AppendResult.Conflict)
        {
            world.Fault("append conflicts");
        }

        await world.PauseAsync(10);
        return answer;
    }

    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, Direction direction, long from, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await world.PauseAsync(5);
        FailSometimes(2, "read fails");
        await foreach (var e in world.Journal.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken))
        {
            yield return world.Bug == PlantedBug.LoseCursor && stream == EffectsCursor ? await AtTheEndAsync(e, cancellationToken) : e;
        }
    }

    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(
        Direction direction, ulong from, long maxCount, EventFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in world.Journal.ReadAllAsync(direction, from, maxCount, filter, cancellationToken))
        {
            if (!IsForgotten(e))
            {
                yield return e;
            }
        }
    }

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken) =>
        world.Journal.SubscribeToStreamAsync(stream, after, cancellationToken);

    public async IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        ulong? after, EventFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var message in world.Journal.SubscribeToAllAsync(after, filter, cancellationToken))
        {
            FailSometimes(1, "subscription breaks");
            if (message is SubscriptionMessage.EventArrived { Event: var e } && IsForgotten(e))
            {
                continue;
            }

            yield return message;
        }
    }

    public Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken) => world.Journal.LastRevisionAsync(stream, cancellationToken);

    public Task<ulong?> LastPositionAsync(CancellationToken cancellationToken) => world.Journal.LastPositionAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsForgotten(RecordedEvent e) =>
        world.Bug == PlantedBug.ForgetOutcomes && e.Metadata.Span.IndexOf("\"type\":\"loom.activity"u8) >= 0;

    private async Task<RecordedEvent> AtTheEndAsync(RecordedEvent cursor, CancellationToken cancellationToken)
    {
        var end = await world.Journal.LastPositionAsync(cancellationToken);
        return cursor with { Data = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"position\":\"{end}\"}}")) };
    }

    private void FailSometimes(int percent, string fault)
    {
        if (world.FaultsOn && world.Random.Next(100) < percent)
        {
            world.Fault(fault);
            throw new JournalException(JournalFailure.Unavailable, $"simulated: {fault}");
        }
    }
}
