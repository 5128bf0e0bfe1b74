using Loom.EventStoreDb.Protocol.Persistent;
using Loom.Journal;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>What is told about a group.</summary>
internal static class GroupInfo
{
    public static async Task<SubscriptionInfo> OfAsync(IJournal journal, Group group, GroupActivation? active, CancellationToken cancellationToken)
    {
        var settings = group.Settings;
        var info = new SubscriptionInfo
        {
            EventSource = group.Key.Source,
            GroupName = group.Key.Name,
            ResolveLinkTos = settings.ResolveLinks,
            StartFrom = group.StartFrom,
            MessageTimeoutMilliseconds = settings.MessageTimeoutMs,
            ExtraStatistics = settings.ExtraStatistics,
            MaxRetryCount = settings.MaxRetryCount,
            LiveBufferSize = settings.LiveBufferSize,
            BufferSize = settings.HistoryBufferSize,
            ReadBatchSize = settings.ReadBatchSize,
            CheckPointAfterMilliseconds = settings.CheckpointAfterMs,
            MinCheckPointCount = settings.MinCheckpointCount,
            MaxCheckPointCount = settings.MaxCheckpointCount,
            NamedConsumerStrategy = settings.Strategy,
            MaxSubscriberCount = settings.MaxSubscriberCount,
        };
        if (active is not null)
        {
            active.Look((state, now) => Fill(info, group, state, now));
            return info;
        }

        // Not served here now: what is durable.
        var cursor = await new GroupCursor(journal, group).ReadAsync(cancellationToken).ConfigureAwait(false) ?? GroupCursor.Unused(Guid.Empty);
        var parked = new ParkedEvents(journal, group, Guid.Empty);
        await parked.OpenAsync(cancellationToken).ConfigureAwait(false);
        info.ParkedMessageCount = parked.Count - cursor.ParkedFrom;
        info.LastCheckpointedEventPosition = group.Text(cursor.Checkpoint);
        var last = await LastAsync(journal, group, cancellationToken).ConfigureAwait(false);
        info.LastKnownEventPosition = group.Text(last);
        info.Status = last is null || last <= (cursor.Checkpoint ?? group.After) ? "Live" : "Behind";
        return info;
    }

    private static bool Fill(SubscriptionInfo info, Group group, GroupState state, TimeSpan now)
    {
        info.Status = (state.IsLive ? "Live" : "Behind") + (state.IsReplaying ? ",ReplayingParkedMessages" : "");
        info.TotalItems = state.Total;
        info.LastCheckpointedEventPosition = group.Text(state.WrittenCheckpoint);
        info.LastKnownEventPosition = group.Text(state.Read);
        info.ReadBufferCount = state.IsLive ? 0 : state.Fresh;
        info.LiveBufferCount = state.IsLive ? state.Fresh : 0;
        info.RetryBufferCount = state.Again;
        info.TotalInFlightMessages = info.OutstandingMessagesCount = state.InFlight;
        info.ParkedMessageCount = state.Parked;
        foreach (var consumer in state.Consumers)
        {
            var seconds = Math.Max(1, (now - consumer.Since).TotalSeconds);
            info.Connections.Add(new SubscriptionInfo.Types.ConnectionInfo
            {
                From = consumer.From,
                Username = consumer.User,
                ConnectionName = consumer.Name,
                TotalItems = consumer.Total,
                AverageItemsPerSecond = (int)Math.Min(consumer.Total / seconds, int.MaxValue),
                AvailableSlots = consumer.Capacity - consumer.InFlight.Count,
                InFlightMessages = consumer.InFlight.Count,
            });
            info.AveragePerSecond += info.Connections[^1].AverageItemsPerSecond;
        }

        return true;
    }

    private static async Task<ulong?> LastAsync(IJournal journal, Group group, CancellationToken cancellationToken)
    {
        try
        {
            return group.Key.Stream is not { } stream ? await journal.LastPositionAsync(cancellationToken).ConfigureAwait(false)
                : await journal.LastRevisionAsync(stream, cancellationToken).ConfigureAwait(false) is >= 0 and var last ? (ulong)last
                : null;
        }
        catch (JournalException e) when (e.Failure == JournalFailure.StreamDeleted)
        {
            return null;
        }
    }
}
