using System.Buffers;
using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>An append on its way: encoded by its caller, decided and written by the writer, answered through the task.</summary>
internal sealed class AppendRequest(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private byte[]? _payload;

    public StreamName Stream { get; } = stream;

    public StreamKey Key { get; } = StreamKey.Of(stream);

    public ExpectedRevision Expected { get; } = expected;

    public IReadOnlyList<EventData> Events { get; } = events;

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

    public AppendResult Result => new AppendResult.Appended(FirstRevision + Events.Count - 1, Position + (ulong)Events.Count - 1);

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
