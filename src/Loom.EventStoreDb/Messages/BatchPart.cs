using Google.Protobuf;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.EventStoreDb.Server;
using Loom.Journal;
using Options = Loom.EventStoreDb.Protocol.Streams.BatchAppendReq.Types.Options;

namespace Loom.EventStoreDb.Messages;

/// <summary>One request of Streams.BatchAppend: an append, or a part of it. What is wrong with it is a value, to be answered with its last part.</summary>
internal sealed record BatchPart
{
    /// <summary>Which append it belongs to; null for none.</summary>
    public required Guid? Correlation { get; init; }

    /// <summary>The id in the bytes in which it was sent; an answer carries the same.</summary>
    public ReadOnlyMemory<byte> CorrelationBytes { get; init; }

    /// <summary>What its first part says; null in the others.</summary>
    public BatchOptions? Options { get; init; }

    public IReadOnlyList<EventData> Events { get; init; } = [];

    /// <summary>Why no more events could be read than these.</summary>
    public GrpcException? Wrong { get; init; }

    public bool IsFinal { get; init; }

    /// <summary>A whole append, as a client sends it.</summary>
    public static BatchPart Whole(Guid correlation, StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events) =>
        new() { Correlation = correlation, Options = new BatchOptions { Stream = stream, Expected = expected }, Events = events, IsFinal = true };

    public static BatchPart Of(BatchAppendReq message)
    {
        var events = new List<EventData>(message.ProposedMessages.Count);
        GrpcException? wrong = null;
        try
        {
            foreach (var proposed in message.ProposedMessages)
            {
                events.Add(Wire.Proposed(proposed));
            }
        }
        catch (GrpcException e)
        {
            wrong = e;
        }

        return new BatchPart
        {
            Correlation = Wire.TryGuid(message.CorrelationId, out var id) ? id : null,
            CorrelationBytes = message.CorrelationId?.ToByteArray() ?? default(ReadOnlyMemory<byte>),
            Options = message.Options is { } options ? BatchOptions.Of(options) : null,
            Events = events,
            Wrong = wrong,
            IsFinal = message.IsFinal,
        };
    }
}

/// <summary>What an append of a batch is to do.</summary>
internal sealed record BatchOptions
{
    public StreamName Stream { get; init; }

    /// <summary>The stream's identifier in the bytes in which it was sent, and is answered; null for none.</summary>
    public ReadOnlyMemory<byte>? StreamBytes { get; init; }

    public ExpectedRevision Expected { get; init; }

    /// <summary>How many seconds its caller waits, or until which second since 1970; null for ever.</summary>
    public (bool SinceEpoch, double Seconds)? Deadline { get; init; }

    /// <summary>What is wrong with them.</summary>
    public GrpcException? Wrong { get; init; }

    public static BatchOptions Of(Options options)
    {
        var read = new BatchOptions
        {
            StreamBytes = options.StreamIdentifier is { } stream ? stream.ToByteArray() : default(ReadOnlyMemory<byte>?),
            Deadline = options.DeadlineOptionCase switch
            {
                Options.DeadlineOptionOneofCase.Deadline => (false, options.Deadline.Seconds + (options.Deadline.Nanos / 1e9)),
                Options.DeadlineOptionOneofCase.Deadline21100 => (true, options.Deadline21100.Seconds + (options.Deadline21100.Nanos / 1e9)),
                _ => null,
            },
        };
        try
        {
            return read with { Stream = Wire.Stream(options.StreamIdentifier), Expected = ExpectedOf(options) };
        }
        catch (GrpcException e)
        {
            return read with { Wrong = e };
        }
    }

    private static ExpectedRevision ExpectedOf(Options options) => options.ExpectedStreamPositionCase switch
    {
        Options.ExpectedStreamPositionOneofCase.StreamPosition => AppendService.At(options.StreamPosition),
        Options.ExpectedStreamPositionOneofCase.NoStream => ExpectedRevision.NoStream,
        Options.ExpectedStreamPositionOneofCase.Any => ExpectedRevision.Any,
        Options.ExpectedStreamPositionOneofCase.StreamExists => ExpectedRevision.StreamExists,
        _ => throw Wire.Invalid("An append says what it expects: stream_position, no_stream, any or stream_exists."),
    };
}
