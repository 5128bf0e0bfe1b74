using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Loom.Core;
using Loom.Hosting.Api;
using Loom.Journal;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>Events as they happen. Each reader has a bounded queue; what does not fit is counted, not kept.</summary>
internal sealed class LiveView(IJournal journal) : ILive
{
    private const int Queue = 1000, MaxText = 2000;

    public async IAsyncEnumerable<LiveEvent> FollowAsync(int backlog, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = await journal.LastPositionAsync(cancellationToken);
        foreach (var e in await BacklogAsync(end, backlog, cancellationToken))
        {
            yield return View(e, 0);
        }

        var queue = Channel.CreateBounded<LiveEvent>(Queue);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pump = PumpAsync(end, queue.Writer, stop.Token);
        try
        {
            await foreach (var e in queue.Reader.ReadAllAsync(cancellationToken))
            {
                yield return e;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await pump;
        }
    }

    private async Task PumpAsync(ulong? after, ChannelWriter<LiveEvent> queue, CancellationToken cancellationToken)
    {
        long skipped = 0;
        Exception? failure = null;
        try
        {
            await foreach (var message in journal.SubscribeToAllAsync(after, null, cancellationToken))
            {
                if (message is SubscriptionMessage.EventArrived { Event: var e } && ActorId.TryParse(e.Stream.Value, out _))
                {
                    skipped = queue.TryWrite(View(e, skipped)) ? 0 : skipped + 1;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has gone.
        }
        catch (JournalException e)
        {
            failure = e;
        }

        queue.TryComplete(failure);
    }

    private async Task<List<RecordedEvent>> BacklogAsync(ulong? end, int count, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        if (end is null || count <= 0)
        {
            return events;
        }

        // Loom's own streams interleave with actors'; look a bounded way back.
        await foreach (var e in journal.ReadAllAsync(Direction.Backwards, end.Value + 1, 10L * count, null, cancellationToken))
        {
            if (ActorId.TryParse(e.Stream.Value, out _))
            {
                events.Add(e);
                if (events.Count == count)
                {
                    break;
                }
            }
        }

        events.Reverse();
        return events;
    }

    private static LiveEvent View(RecordedEvent e, long skipped)
    {
        var tail = TailRoutes.ToTail(e);
        var json = tail.Data is null ? null : Encoding.UTF8.GetString(e.Data.Span);
        return new LiveEvent(
            e.Stream.Value, e.Revision, e.Position, e.Created, e.Type, tail.Command, tail.Principal, tail.Correlation,
            json is { Length: > MaxText } ? json[..MaxText] : json, skipped);
    }
}
