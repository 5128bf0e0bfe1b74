using System.Buffers;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;

namespace Loom.EventStoreDb.Messages;

/// <summary>
/// <c>BatchAppendReq</c> (specs/eventstore-grpc.md): appends between their bytes and the journal's own form. Whatever is unusual, and whatever is
/// wrong, the generated classes read: what this reads, they read alike.
/// </summary>
/// <remarks>
/// BatchAppendReq: 1 <c>correlation_id</c>, 2 <c>options</c>, 3 <c>proposed_messages</c>, 4 <c>is_final</c>. Options: 1 <c>stream_identifier</c>,
/// 2 <c>stream_position</c>, 3 <c>no_stream</c>, 4 <c>any</c>, 5 <c>stream_exists</c>, 6 <c>deadline_21_10_0</c> and 7 <c>deadline</c>
/// (both 1 <c>seconds</c>, 2 <c>nanos</c>). ProposedMessage: 1 <c>id</c>, 2 <c>metadata</c>, 3 <c>custom_metadata</c>, 4 <c>data</c>.
/// </remarks>
internal sealed class BatchPartCodec : Codec<BatchPart>
{
    private const int NoStream = 3;
    private const int Any = 4;
    private const int StreamExists = 5;
    private const int BytesBeside = 256; // of an event: its id, the names of its metadata
    private const int MostBeside = 8 << 10; // of a request: its id, the name of its stream

    private static readonly Codec<BatchAppendReq> Generated = Codec.Of(BatchAppendReq.Parser.WithDiscardUnknownFields(true));

    private readonly KnownTexts _texts = new();

    public static BatchPartCodec Instance { get; } = new();

    /// <summary>Bytes of a whole append as it is written here.</summary>
    /// <exception cref="System.Text.EncoderFallbackException">The type of an event is not well-formed.</exception>
    public static int SizeOf(BatchPart part)
    {
        var size = ProtoWriter.FieldOf(ProtoUuid.SizeOf(part.Correlation!.Value, asText: false)) + ProtoWriter.FieldOf(SizeOf(part.Options!)) + (part.IsFinal ? 2 : 0);
        foreach (var e in part.Events)
        {
            size += ProtoWriter.FieldOf(SizeOf(e));
        }

        return size;
    }

    /// <summary>Writes a whole append with its id as numbers and without a deadline.</summary>
    public override void Write(BatchPart message, FrameBuffer to)
    {
        var (id, options) = (message.Correlation!.Value, message.Options!);
        var writer = new ProtoWriter(to.Add(SizeOf(message)));
        writer.Begin(1, ProtoUuid.SizeOf(id, asText: false));
        ProtoUuid.Write(ref writer, id, asText: false);
        writer.Begin(2, SizeOf(options));
        ProtoStream.Write(ref writer, 1, options.Stream, ProtoWriter.TextOf(options.Stream.Value));
        switch (options.Expected.Value)
        {
            case -1: writer.Begin(NoStream, 0); break;
            case -2: writer.Begin(Any, 0); break;
            case -4: writer.Begin(StreamExists, 0); break;
            default: writer.Present(2, (ulong)options.Expected.Value); break;
        }

        foreach (var e in message.Events)
        {
            Write(ref writer, e);
        }

        writer.Number(4, message.IsFinal ? 1u : 0);
    }

    public override BatchPart Read(in ReadOnlySequence<byte> payload)
    {
        var own = payload.ToArray();
        return TryRead(own) is { } part && !KeepsTooMuch(own, part) ? part : BatchPart.Of(Generated.Read(payload));
    }

    // The events keep slices of the bytes, so these are to hold little else: what waits is counted by its events.
    private static bool KeepsTooMuch(byte[] message, BatchPart part)
    {
        var counted = 0;
        foreach (var e in part.Events)
        {
            counted += e.Size + BytesBeside;
        }

        return message.Length > (2 * counted) + MostBeside;
    }

    /// <summary>The request, or null for what is not plainly one without a mistake. Its events keep slices of the bytes.</summary>
    internal BatchPart? TryRead(byte[] message)
    {
        var from = new ProtoReader(message);
        Guid? correlation = null;
        ReadOnlyMemory<byte> correlationBytes = default;
        BatchOptions? options = null;
        var events = new List<EventData>(1);
        var isFinal = false;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    var (start, length) = from.Place();
                    if (correlation is not null || !ProtoUuid.TryRead(new ProtoReader(message, start, start + length), out var id))
                    {
                        return null;
                    }

                    (correlation, correlationBytes) = (id, message.AsMemory(start, length));
                    break;
                case (2 << 3) | 2:
                    if (options is not null || (options = Options(message, from.Message())) is null)
                    {
                        return null;
                    }

                    break;
                case (3 << 3) | 2:
                    if (Proposed(message, from.Message()) is not { } e)
                    {
                        return null;
                    }

                    events.Add(e);
                    break;
                case 4 << 3:
                    isFinal = from.Varint() != 0;
                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        return from.IsBad || correlation is null
            ? null
            : new BatchPart { Correlation = correlation, CorrelationBytes = correlationBytes, Options = options, Events = events, IsFinal = isFinal };
    }

    private BatchOptions? Options(byte[] message, ProtoReader from)
    {
        StreamName stream = default;
        ReadOnlyMemory<byte>? streamBytes = null;
        ExpectedRevision? expected = null;
        (bool, double)? deadline = null;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    var (start, length) = from.Place();
                    if (streamBytes is not null || !ProtoStream.TryRead(new ProtoReader(message, start, start + length), _texts, out stream))
                    {
                        return null;
                    }

                    streamBytes = message.AsMemory(start, length);
                    break;
                case 2 << 3:
                    var revision = from.Varint();
                    if (revision > long.MaxValue)
                    {
                        return null;
                    }

                    expected = ExpectedRevision.At((long)revision);
                    break;
                case (NoStream << 3) | 2:
                    from.Nothing();
                    expected = ExpectedRevision.NoStream;
                    break;
                case (Any << 3) | 2:
                    from.Nothing();
                    expected = ExpectedRevision.Any;
                    break;
                case (StreamExists << 3) | 2:
                    from.Nothing();
                    expected = ExpectedRevision.StreamExists;
                    break;
                case (6 << 3) | 2:
                case (7 << 3) | 2:
                    if (deadline is not null || Seconds(from.Message()) is not { } seconds)
                    {
                        return null;
                    }

                    deadline = (tag == ((6 << 3) | 2), seconds);
                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        return from.IsBad || streamBytes is null || expected is not { } known
            ? null
            : new BatchOptions { Stream = stream, StreamBytes = streamBytes, Expected = known, Deadline = deadline };
    }

    private EventData? Proposed(byte[] message, ProtoReader from)
    {
        Guid id = default;
        ProtoProperties.Found found = default;
        var metadata = (Start: 0, Length: 0);
        var data = (Start: 0, Length: 0);
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    if (id != default || !ProtoUuid.TryRead(from.Message(), out id))
                    {
                        return null;
                    }

                    break;
                case (2 << 3) | 2:
                    if (!ProtoProperties.TryRead(from.Message(), ref found))
                    {
                        return null;
                    }

                    break;
                case (3 << 3) | 2:
                    metadata = from.Place();
                    break;
                case (4 << 3) | 2:
                    data = from.Place();
                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        return from.IsBad || id == default || !found.HasContentType || !found.HasType || _texts.Text(found.Type) is not { Length: > 0 } type
            ? null
            : new EventData(id, type, found.Kind, message.AsMemory(data.Start, data.Length), message.AsMemory(metadata.Start, metadata.Length));
    }

    private static double? Seconds(ProtoReader from)
    {
        long seconds = 0;
        var nanos = 0;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case 1 << 3:
                    seconds = (long)from.Varint();
                    break;
                case 2 << 3:
                    nanos = (int)from.Varint();
                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        return from.IsBad ? null : seconds + (nanos / 1e9);
    }

    private static int SizeOf(BatchOptions options) =>
        ProtoStream.FieldOf(ProtoWriter.TextOf(options.Stream.Value)) + (options.Expected.Value < 0 ? 2 : 1 + ProtoWriter.SizeOf((ulong)options.Expected.Value));

    private static int SizeOf(EventData e) =>
        ProtoWriter.FieldOf(ProtoUuid.SizeOf(e.Id, asText: false))
        + ProtoWriter.FieldOf(ProtoProperties.TypeOf(ProtoWriter.TextOf(e.Type)))
        + ProtoWriter.FieldOf(ProtoProperties.ContentTypeOf(e.ContentType))
        + ProtoWriter.BytesOf(e.Metadata.Length)
        + ProtoWriter.BytesOf(e.Data.Length);

    private static void Write(ref ProtoWriter to, EventData e)
    {
        to.Begin(3, SizeOf(e));
        to.Begin(1, ProtoUuid.SizeOf(e.Id, asText: false));
        ProtoUuid.Write(ref to, e.Id, asText: false);
        ProtoProperties.WriteType(ref to, 2, e.Type, ProtoWriter.TextOf(e.Type));
        ProtoProperties.WriteContentType(ref to, 2, e.ContentType);
        to.Bytes(3, e.Metadata.Span);
        to.Bytes(4, e.Data.Span);
    }
}
