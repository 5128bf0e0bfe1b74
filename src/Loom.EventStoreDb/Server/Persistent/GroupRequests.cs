using System.Globalization;
using Google.Protobuf;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.Journal;
using FilterCase = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options.Types.FilterOptions.FilterOneofCase;
using Target = Loom.EventStoreDb.Protocol.Persistent.GroupReq.Types.Options.StreamOptionOneofCase;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>What requests about groups say.</summary>
internal static class GroupRequests
{
    /// <summary>Longest name of a group.</summary>
    public const int MaxName = 1_000;

    private const ulong End = ulong.MaxValue;

    /// <exception cref="GrpcException">It names no group that could be.</exception>
    public static GroupKey Key(StreamIdentifier? stream, bool isAll, string group)
    {
        if (group.Length is 0 or > MaxName)
        {
            throw Wire.Invalid($"A group's name is 1 to {MaxName} characters.");
        }

        return isAll ? new GroupKey(null, group) : new GroupKey(Stream(stream, group), group);
    }

    /// <summary>What Create and Update ask for.</summary>
    /// <exception cref="GrpcException">No group can be like that.</exception>
    public static async Task<(GroupKey Key, GroupBody Body)> GroupAsync(GroupReq request, IJournal journal, CancellationToken cancellationToken)
    {
        var options = request.Options ?? throw Wire.Invalid("A request about a group has options.");
        var isAll = options.StreamOptionCase == Target.All;
        var key = Key(isAll ? null : options.Stream?.StreamIdentifier ?? options.StreamIdentifier, isAll, options.GroupName);
        var settings = Of(options.Settings ?? throw Wire.Invalid("A group has settings."));
        if (settings.Mistake() is { } mistake)
        {
            throw PersistentErrors.Refused(key.Source, key.Name, mistake);
        }

        if (isAll)
        {
            var from = Position(options.All, key);
            var last = await journal.LastPositionAsync(cancellationToken).ConfigureAwait(false);
            if (from != End && from > (last ?? 0))
            {
                throw PersistentErrors.Refused(key.Source, key.Name, $"Position {from} is behind the end of the log.");
            }

            ulong? after = from switch { 0 => null, End => last, _ => from - 1 };
            var text = from == End ? "C:-1/P:-1" : string.Create(CultureInfo.InvariantCulture, $"C:{from}/P:{from}");
            return (key, new GroupBody(key.Source, key.Name, settings, after, text, Filter(options.All, key)));
        }
        else
        {
            var from = Revision(options, key);
            if (from is > long.MaxValue and not End)
            {
                throw PersistentErrors.Refused(key.Source, key.Name, $"{from} is no revision.");
            }

            var last = await journal.LastRevisionAsync(key.Stream!.Value, cancellationToken).ConfigureAwait(false);
            ulong? after = from switch { 0 => null, End => last < 0 ? null : (ulong)last, _ => from - 1 };
            return (key, new GroupBody(key.Source, key.Name, settings, after, from == End ? "-1" : from.ToString(CultureInfo.InvariantCulture), null));
        }
    }

    private static StreamName Stream(StreamIdentifier? identifier, string group)
    {
        var text = Wire.TryText(identifier?.StreamName ?? ByteString.Empty);
        return text is not null and not GroupKey.All && StreamName.TryParse(text, out var stream)
            ? stream
            : throw PersistentErrors.Refused(
                "", group, text is GroupKey.All ? "A group of $all says so with the field 'all'." : $"A stream's name is 1 to {StreamName.MaxLength} characters of UTF-8.");
    }

    private static ulong Revision(GroupReq.Types.Options options, GroupKey key) => options.StreamOptionCase == Target.None
        ? options.Settings.Revision
        : options.Stream.RevisionOptionCase switch
        {
            StreamOptions.RevisionOptionOneofCase.Start => 0,
            StreamOptions.RevisionOptionOneofCase.End => End,
            StreamOptions.RevisionOptionOneofCase.Revision => options.Stream.Revision,
            _ => throw PersistentErrors.Refused(key.Source, key.Name, "It does not say where it begins: revision, start or end."),
        };

    private static ulong Position(AllOptions all, GroupKey key) => all.AllOptionCase switch
    {
        AllOptions.AllOptionOneofCase.Start => 0,
        AllOptions.AllOptionOneofCase.End => End,
        AllOptions.AllOptionOneofCase.Position when all.Position.CommitPosition >= all.Position.PreparePosition => all.Position.CommitPosition,
        _ => throw PersistentErrors.Refused(key.Source, key.Name, "It does not say where it begins: start, end, or a position whose commit is not before its prepare."),
    };

    private static GroupFilter? Filter(AllOptions all, GroupKey key)
    {
        if (all.FilterOptionCase != AllOptions.FilterOptionOneofCase.Filter)
        {
            return null;
        }

        var byStream = all.Filter.FilterCase == FilterCase.StreamIdentifier;
        var expression = byStream ? all.Filter.StreamIdentifier : all.Filter.EventType;
        if (expression is null)
        {
            throw PersistentErrors.Refused(key.Source, key.Name, "Its filter names neither streams nor types.");
        }

        var filter = new GroupFilter(byStream, expression.Regex, [.. expression.Prefix]);
        try
        {
            filter.Compile();
            return filter;
        }
        catch (GrpcException e)
        {
            throw PersistentErrors.Refused(key.Source, key.Name, e.Detail);
        }
    }

    private static GroupSettings Of(Settings s) => new()
    {
        ResolveLinks = s.ResolveLinks,
        ExtraStatistics = s.ExtraStatistics,
        MessageTimeoutMs = Milliseconds(s.MessageTimeoutCase == Settings.MessageTimeoutOneofCase.MessageTimeoutTicks, s.MessageTimeoutTicks, s.MessageTimeoutMs),
        MaxRetryCount = s.MaxRetryCount,
        CheckpointAfterMs = Milliseconds(s.CheckpointAfterCase == Settings.CheckpointAfterOneofCase.CheckpointAfterTicks, s.CheckpointAfterTicks, s.CheckpointAfterMs),
        MinCheckpointCount = s.MinCheckpointCount,
        MaxCheckpointCount = s.MaxCheckpointCount,
        MaxSubscriberCount = s.MaxSubscriberCount,
        LiveBufferSize = s.LiveBufferSize,
        ReadBatchSize = s.ReadBatchSize,
        HistoryBufferSize = s.HistoryBufferSize,
        Strategy = s.ConsumerStrategy.Length > 0 ? s.ConsumerStrategy : s.NamedConsumerStrategy.ToString(),
    };

    // As far as a number of milliseconds goes; what is longer is never.
    private static int Milliseconds(bool isTicks, long ticks, int milliseconds) =>
        isTicks ? (int)Math.Clamp(ticks / TimeSpan.TicksPerMillisecond, ticks < 0 ? -1 : 0, int.MaxValue) : milliseconds;
}
