using Loom.Core;
using Loom.EventStoreDb.Protocol.Persistent;
using Position = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options.Types.Position;

namespace Loom.EventStoreDb.Client.Persistent;

/// <summary>Makes requests about groups.</summary>
internal static class PersistentRequests
{
    public static GroupReq Group(PersistentGroup group, PersistentSettings settings)
    {
        var options = new GroupReq.Types.Options { GroupName = group.Name, Settings = Settings(settings) };
        if (group.Stream is { } stream)
        {
            options.Stream = new StreamOptions { StreamIdentifier = Wire.Identifier(stream) };
            switch (settings.From)
            {
                case 0: options.Stream.Start = Wire.Empty; break;
                case ulong.MaxValue: options.Stream.End = Wire.Empty; break;
                default: options.Stream.Revision = settings.From; break;
            }

            options.StreamIdentifier = options.Stream.StreamIdentifier; // where servers before 21.10 look
            return new GroupReq { Options = options };
        }

        options.All = new AllOptions { Filter = ReadRequests.Filtered(settings.Filter) };
        switch (settings.From)
        {
            case 0: options.All.Start = Wire.Empty; break;
            case ulong.MaxValue: options.All.End = Wire.Empty; break;
            default: options.All.Position = new Position { CommitPosition = settings.From, PreparePosition = settings.From }; break;
        }

        return new GroupReq { Options = options };
    }

    public static DeleteReq Delete(PersistentGroup group)
    {
        var options = new DeleteReq.Types.Options { GroupName = group.Name };
        if (group.Stream is { } stream)
        {
            options.StreamIdentifier = Wire.Identifier(stream);
        }
        else
        {
            options.All = Wire.Empty;
        }

        return new DeleteReq { Options = options };
    }

    public static GetInfoReq Info(PersistentGroup group)
    {
        var options = new GetInfoReq.Types.Options { GroupName = group.Name };
        if (group.Stream is { } stream)
        {
            options.StreamIdentifier = Wire.Identifier(stream);
        }
        else
        {
            options.All = Wire.Empty;
        }

        return new GetInfoReq { Options = options };
    }

    public static ParkedReq Parked(PersistentGroup group, long? stopAt)
    {
        var options = new ParkedReq.Types.Options { GroupName = group.Name };
        if (group.Stream is { } stream)
        {
            options.StreamIdentifier = Wire.Identifier(stream);
        }
        else
        {
            options.All = Wire.Empty;
        }

        if (stopAt is { } at)
        {
            options.StopAt = at;
        }
        else
        {
            options.NoLimit = Wire.Empty;
        }

        return new ParkedReq { Options = options };
    }

    public static ReadReq Consume(PersistentGroup group, int buffer)
    {
        var options = new ReadReq.Types.Options { GroupName = group.Name, BufferSize = buffer, UuidOption = new() { Structured = Wire.Empty } };
        if (group.Stream is { } stream)
        {
            options.StreamIdentifier = Wire.Identifier(stream);
        }
        else
        {
            options.All = Wire.Empty;
        }

        return new ReadReq { Options = options };
    }

    public static ReadReq Ack(IEnumerable<PersistentDelivery> deliveries) =>
        new() { Ack = new ReadReq.Types.Ack { Ids = { deliveries.Select(d => Wire.Structured(d.AnsweredBy)) } } };

    public static ReadReq Nack(IEnumerable<PersistentDelivery> deliveries, NackAction action, string reason) => new()
    {
        Nack = new ReadReq.Types.Nack
        {
            Ids = { deliveries.Select(d => Wire.Structured(d.AnsweredBy)) },
            Action = (ReadReq.Types.Nack.Types.Action)action,
            Reason = reason,
        },
    };

    public static PersistentInfo Info(SubscriptionInfo info) => new(
        new PersistentGroup(info.EventSource == "$all" ? null : StreamName.Parse(info.EventSource), info.GroupName),
        info.Status,
        info.Connections.Count,
        info.TotalInFlightMessages,
        info.ParkedMessageCount,
        info.LastCheckpointedEventPosition,
        info.LastKnownEventPosition);

    private static Settings Settings(PersistentSettings s) => new()
    {
        ResolveLinks = s.ResolveLinks,
        Revision = s.From,
        MessageTimeoutMs = Milliseconds(s.MessageTimeout),
        MaxRetryCount = s.MaxRetries,
        CheckpointAfterMs = Milliseconds(s.CheckpointAfter),
        MinCheckpointCount = s.MinCheckpoint,
        MaxCheckpointCount = s.MaxCheckpoint,
        MaxSubscriberCount = s.MaxConsumers,
        LiveBufferSize = s.LiveBuffer,
        HistoryBufferSize = s.HistoryBuffer,
        ReadBatchSize = s.ReadBatch,
        NamedConsumerStrategy = s.Strategy switch
        {
            PersistentStrategy.DispatchToSingle => ConsumerStrategy.DispatchToSingle,
            PersistentStrategy.Pinned => ConsumerStrategy.Pinned,
            _ => ConsumerStrategy.RoundRobin,
        },
        ConsumerStrategy = s.Strategy.ToString(), // what servers since 21.10 look at
    };

    private static int Milliseconds(TimeSpan time) => (int)Math.Clamp(time.TotalMilliseconds, -1, int.MaxValue);
}
