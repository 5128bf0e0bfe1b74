using Google.Protobuf.WellKnownTypes;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;
using Options = Loom.EventStoreDb.Protocol.Streams.BatchAppendReq.Types.Options;

namespace Loom.EventStoreDb.Server;

/// <summary>One append of a batch, as its parts come in. What is wrong with it is kept until its last part, and answered then.</summary>
internal sealed class PendingAppend
{
    private readonly List<EventData> _events = [];
    private long _size;

    private PendingAppend(BatchAppendReq first, DateTimeOffset? deadline) =>
        (Correlation, Identifier, Deadline) = (first.CorrelationId, first.Options.StreamIdentifier, deadline);

    /// <summary>The id as it was sent.</summary>
    public UUID Correlation { get; }

    public StreamIdentifier? Identifier { get; }

    public Options Options { get; private init; } = null!;

    /// <summary>When its caller stops waiting; null for never.</summary>
    public DateTimeOffset? Deadline { get; }

    public StreamName Stream { get; private set; }

    public ExpectedRevision Expected { get; private set; }

    public IReadOnlyList<EventData> Events => _events;

    /// <summary>What is wrong with it.</summary>
    public GrpcException? Wrong { get; private set; }

    /// <summary>Bytes that it holds.</summary>
    public long Held => Wrong is null ? _size : 0;

    public static PendingAppend Begin(BatchAppendReq first, DateTimeOffset now, TimeSpan longest)
    {
        var append = new PendingAppend(first, DeadlineOf(first.Options, now, longest)) { Options = first.Options };
        try
        {
            append.Stream = Wire.Stream(first.Options.StreamIdentifier);
            append.Expected = first.Options.ExpectedStreamPositionCase switch
            {
                Options.ExpectedStreamPositionOneofCase.StreamPosition => AppendService.At(first.Options.StreamPosition),
                Options.ExpectedStreamPositionOneofCase.NoStream => ExpectedRevision.NoStream,
                Options.ExpectedStreamPositionOneofCase.Any => ExpectedRevision.Any,
                Options.ExpectedStreamPositionOneofCase.StreamExists => ExpectedRevision.StreamExists,
                _ => throw Wire.Invalid("An append says what it expects: stream_position, no_stream, any or stream_exists."),
            };
        }
        catch (GrpcException e)
        {
            append.Wrong = e;
        }

        return append;
    }

    public void Add(IEnumerable<AppendReq.Types.ProposedMessage> messages)
    {
        try
        {
            foreach (var message in messages)
            {
                if (Wrong is not null)
                {
                    return;
                }

                var e = Wire.Proposed(message);
                _events.Add(e);
                if ((_size += e.Size) > AppendRules.MaxAppend)
                {
                    throw Errors.TooLarge();
                }
            }
        }
        catch (GrpcException e)
        {
            Wrong = e;
            _events.Clear();
        }
    }

    // Clients send years 9999 and durations of decades: never longer than the server waits.
    private static DateTimeOffset? DeadlineOf(Options options, DateTimeOffset now, TimeSpan longest)
    {
        double seconds;
        switch (options.DeadlineOptionCase)
        {
            case Options.DeadlineOptionOneofCase.Deadline:
                seconds = options.Deadline.Seconds + (options.Deadline.Nanos / 1e9);
                break;
            case Options.DeadlineOptionOneofCase.Deadline21100:
                seconds = options.Deadline21100.Seconds + (options.Deadline21100.Nanos / 1e9) - (now - DateTimeOffset.UnixEpoch).TotalSeconds;
                break;
            default:
                return null;
        }

        return now + (seconds >= longest.TotalSeconds ? longest : TimeSpan.FromSeconds(Math.Max(0, seconds)));
    }
}
