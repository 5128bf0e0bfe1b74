using System.Buffers;
using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>What a request asks for beside an ordinary append.</summary>
internal enum RequestKind
{
    /// <summary>Events at the end of their stream.</summary>
    Append,

    /// <summary>A soft deletion: the event is the deleted stream's metadata.</summary>
    Delete,

    /// <summary>The event is a tombstone.</summary>
    Tombstone,

    /// <summary>Events that were stored before, at the revision that they had: <see cref="AppendRequest.FirstRevision"/> is given.</summary>
    Import,
}

/// <summary>An append on its way: encoded by its caller, decided and written by the writer, answered through the task.</summary>
internal sealed class AppendRequest(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private byte[]? _payload;

    public StreamName Stream { get; } = stream;

    public StreamKey Key { get; } = StreamKey.Of(stream);

    public ExpectedRevision Expected { get; } = expected;

    public IReadOnlyList<EventData> Events { get; private set; } = events;

    public RequestKind Kind { get; init; }

    /// <summary>The stream that a deletion or a tombstone is of.</summary>
    public StreamName Target { get; init; } = stream;

    /// <summary>Whether it waited in the queue; the writer's own requests did not.</summary>
    public bool TakesRoom { get; init; } = true;

    /// <summary>How many of the events are the caller's.</summary>
    public int Answered { get; } = events.Count;

    /// <summary>Set by the writer: metadata that has to be stored right before, so that the stream comes back with these events.</summary>
    public AppendRequest? Before { get; set; }

    public CancellationToken Cancellation { get; } = cancellationToken;

    public long CreatedTicks { get; init; }

    public uint PayloadCrc { get; private set; }

    public int PayloadLength { get; private set; }

    public int RecordLength => RecordHeader.Size + PayloadLength;

    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, PayloadLength);

    /// <summary>Set by the writer: what the append became.</summary>
    public long FirstRevision { get; set; }

    /// <summary>Set by the writer: the record's position.</summary>
    public ulong Position { get; set; }

    public AppendResult Result => new AppendResult.Appended(FirstRevision + Answered - 1, Position + (ulong)Answered - 1);

    /// <summary>Stores one more event with the caller's.</summary>
    public void Extend(EventData more)
    {
        Release();
        Events = [.. Events, more];
        Encode();
    }

    public void Encode()
    {
        if (Events.Count > 0)
        {
            _payload = RecordEncoder.Encode(Stream, Events, out var length);
            PayloadLength = length;
            PayloadCrc = Crc32C.Add(Crc32C.Start, Payload);
        }
    }

    public void Release()
    {
        if (_payload is { } payload)
        {
            _payload = null;
            ArrayPool<byte>.Shared.Return(payload);
        }
    }
}
