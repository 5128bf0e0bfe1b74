using Loom.Core;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;
using Options = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options;
using Filter = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options.Types.FilterOptions;

namespace Loom.EventStoreDb.Client;

/// <summary>Makes read requests.</summary>
internal static class ReadRequests
{
    // A filtered subscription says where it is after so many events looked at.
    private const int Window = 256;
    private const int CheckpointEvery = 4;

    /// <summary>Events of a stream; <see cref="long.MaxValue"/> is the end.</summary>
    public static ReadReq Stream(StreamName stream, Direction direction, long from, long count)
    {
        var options = Options(direction);
        options.Count = (ulong)count;
        options.NoFilter = Wire.Empty;
        options.Stream = new Options.Types.StreamOptions { StreamIdentifier = Wire.Identifier(stream) };
        if (from == long.MaxValue)
        {
            options.Stream.End = Wire.Empty;
        }
        else
        {
            options.Stream.Revision = (ulong)from;
        }

        return new ReadReq { Options = options };
    }

    /// <summary>Events of the whole journal.</summary>
    public static ReadReq All(Direction direction, ulong from, long count, EventFilter? filter)
    {
        var options = Options(direction);
        options.Count = (ulong)count;
        options.Filter = Filtered(filter);
        options.All = new Options.Types.AllOptions();
        if (from == 0)
        {
            options.All.Start = Wire.Empty;
        }
        else if (from == ulong.MaxValue)
        {
            options.All.End = Wire.Empty;
        }
        else
        {
            options.All.Position = new Options.Types.Position { CommitPosition = from, PreparePosition = from };
        }

        return new ReadReq { Options = options };
    }

    /// <summary>What comes after a revision; −1 from the start.</summary>
    public static ReadReq SubscriptionToStream(StreamName stream, long after)
    {
        var options = Options(Direction.Forwards);
        options.Subscription = new Options.Types.SubscriptionOptions();
        options.NoFilter = Wire.Empty;
        options.Stream = new Options.Types.StreamOptions { StreamIdentifier = Wire.Identifier(stream) };
        if (after < 0)
        {
            options.Stream.Start = Wire.Empty;
        }
        else
        {
            options.Stream.Revision = (ulong)after;
        }

        return new ReadReq { Options = options };
    }

    /// <summary>What comes after a position; null from the start.</summary>
    public static ReadReq SubscriptionToAll((ulong Commit, ulong Prepare)? after, EventFilter? filter)
    {
        var options = Options(Direction.Forwards);
        options.Subscription = new Options.Types.SubscriptionOptions();
        options.Filter = Filtered(filter);
        options.All = new Options.Types.AllOptions();
        switch (after)
        {
            case null:
                options.All.Start = Wire.Empty;
                break;
            case { Commit: ulong.MaxValue }:
                options.All.End = Wire.Empty;
                break;
            case { } at:
                options.All.Position = new Options.Types.Position { CommitPosition = at.Commit, PreparePosition = at.Prepare };
                break;
        }

        return new ReadReq { Options = options };
    }

    private static Options Options(Direction direction) => new()
    {
        ReadDirection = direction == Direction.Backwards ? Protocol.Streams.ReadReq.Types.Options.Types.ReadDirection.Backwards : Protocol.Streams.ReadReq.Types.Options.Types.ReadDirection.Forwards,
        UuidOption = new() { Structured = Wire.Empty },
        ControlOption = new() { Compatibility = 1 },
    };

    // Prefixes and a pattern do not go into one request: then the server looks for the pattern, and what comes is looked at again here.
    public static Filter Filtered(EventFilter? filter)
    {
        var expression = new Filter.Types.Expression();
        if (filter?.Pattern is { } pattern)
        {
            expression.Regex = pattern.Expression;
        }
        else if (filter is { StreamPrefixes.Count: > 0 })
        {
            expression.Prefix.AddRange(filter.StreamPrefixes);
        }
        else
        {
            expression.Regex = Server.ReadFilter.AllButSystem;
        }

        return filter?.Pattern is { Of: PatternOf.EventType }
            ? new Filter { EventType = expression, Max = Window, CheckpointIntervalMultiplier = CheckpointEvery }
            : new Filter { StreamIdentifier = expression, Max = Window, CheckpointIntervalMultiplier = CheckpointEvery };
    }
}
