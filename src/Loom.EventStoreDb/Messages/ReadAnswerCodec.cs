using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb.Messages;

/// <summary>
/// <c>ReadResp</c> (specs/eventstore-grpc.md): events between their bytes and the journal's own form, with nothing in between. Of the other
/// responses, and of events with anything unusual about them, the generated classes take care: what this reads, they read alike.
/// </summary>
/// <remarks>
/// ReadResp: 1 <c>event</c>. ReadEvent: 1 <c>event</c>, 2 <c>link</c>, 3 <c>commit_position</c>, 4 <c>no_position</c>. RecordedEvent: 1 <c>id</c>,
/// 2 <c>stream_identifier</c> (3 <c>stream_name</c>), 3 <c>stream_revision</c>, 4 <c>prepare_position</c>, 5 <c>commit_position</c>,
/// 6 <c>metadata</c>, 7 <c>custom_metadata</c>, 8 <c>data</c>.
/// </remarks>
internal sealed class ReadAnswerCodec : Codec<ReadAnswer>
{
    private static readonly Codec<ReadResp> Generated = Codec.Of(ReadResp.Parser);

    private readonly KnownTexts _texts = new();

    public static ReadAnswerCodec Instance { get; } = new();

    public override void Write(ReadAnswer answer, FrameBuffer to)
    {
        if (answer.Other is { } other)
        {
            Generated.Write(other, to);
            return;
        }

        var target = answer.Event is { } e ? new Layout(e, answer.TextIds) : default;
        var link = answer.Link is { } l ? new Layout(l, answer.TextIds) : default;
        var position = (answer.Link ?? answer.Event)!.Position;
        var size = target.FieldSize + link.FieldSize + 1 + ProtoWriter.SizeOf(position) + (answer.Retries is { } r ? 1 + ProtoWriter.SizeOf((ulong)r) : 0);
        var writer = new ProtoWriter(to.Add(ProtoWriter.FieldOf(size)));
        writer.Begin(1, size);
        Write(ref writer, 1, answer.Event, target, answer.TextIds);
        Write(ref writer, 2, answer.Link, link, answer.TextIds);
        writer.Present(3, position);
        if (answer.Retries is { } retries)
        {
            writer.Present(5, (ulong)retries);
        }
    }

    public override ReadAnswer Read(in ReadOnlySequence<byte> payload)
    {
        if (payload.IsSingleSegment)
        {
            return TryRead(payload.FirstSpan) is { } e ? ReadAnswer.Of(e, textIds: false) : Generated.Read(payload);
        }

        var length = (int)payload.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            payload.CopyTo(copy);
            return TryRead(copy.AsSpan(0, length)) is { } e ? ReadAnswer.Of(e, textIds: false) : Generated.Read(payload);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    /// <summary>The event, or null for whatever is not plainly one.</summary>
    internal RecordedEvent? TryRead(ReadOnlySpan<byte> message)
    {
        var response = new ProtoReader(message);
        RecordedEvent? e = null;
        while (response.Next(out var tag))
        {
            if (tag != ((1 << 3) | 2) || e is not null || (e = ReadEvent(response.Message())) is null)
            {
                return null;
            }
        }

        return response.IsBad ? null : e;
    }

    private RecordedEvent? ReadEvent(ProtoReader from)
    {
        RecordedEvent? e = null;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2 when e is null:
                    if ((e = Recorded(from.Message())) is null)
                    {
                        return null;
                    }

                    break;
                case (1 << 3) | 2:
                case (2 << 3) | 2:
                    return null; // in two parts, or a link
                case 3 << 3:
                    from.Varint();
                    break;
                case (4 << 3) | 2:
                    from.Nothing();
                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        return from.IsBad ? null : e;
    }

    private RecordedEvent? Recorded(ProtoReader from)
    {
        Guid id = default;
        StreamName stream = default;
        var (hasId, hasStream) = (false, false);
        ulong revision = 0;
        ulong prepare = 0;
        ulong commit = 0;
        ProtoProperties.Found found = default;
        ReadOnlySpan<byte> metadata = default;
        ReadOnlySpan<byte> data = default;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    if (hasId || !ProtoUuid.TryRead(from.Message(), out id))
                    {
                        return null;
                    }

                    hasId = true;
                    break;
                case (2 << 3) | 2:
                    if (hasStream || !ProtoStream.TryRead(from.Message(), _texts, out stream))
                    {
                        return null;
                    }

                    hasStream = true;
                    break;
                case 3 << 3:
                    revision = from.Varint();
                    break;
                case 4 << 3:
                    prepare = from.Varint();
                    break;
                case 5 << 3:
                    commit = from.Varint();
                    break;
                case (6 << 3) | 2:
                    if (!ProtoProperties.TryRead(from.Message(), ref found))
                    {
                        return null;
                    }

                    break;
                case (7 << 3) | 2:
                    metadata = from.Bytes();
                    break;
                case (8 << 3) | 2:
                    data = from.Bytes();
                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        if (from.IsBad || !hasId || !hasStream || revision > long.MaxValue || prepare != commit || !found.HasType || _texts.Text(found.Type) is not { } type)
        {
            return null;
        }

        // One array for both: they are kept, and let go, together.
        var bytes = new byte[data.Length + metadata.Length];
        data.CopyTo(bytes);
        metadata.CopyTo(bytes.AsSpan(data.Length));
        return new RecordedEvent(
            stream,
            (long)revision,
            commit,
            id,
            type,
            found.Kind,
            bytes.AsMemory(0, data.Length),
            bytes.AsMemory(data.Length),
            Wire.Time(found.Created));
    }

    private static void Write(ref ProtoWriter to, int field, RecordedEvent? e, in Layout layout, bool textIds)
    {
        if (e is null)
        {
            return;
        }

        Span<byte> digits = stackalloc byte[Layout.MostDigits];
        to.Begin(field, layout.Size);
        to.Begin(1, layout.Id);
        ProtoUuid.Write(ref to, e.Id, textIds);
        ProtoStream.Write(ref to, 2, e.Stream, layout.Name);
        to.Number(3, (ulong)e.Revision);
        to.Number(4, e.Position);
        to.Number(5, e.Position);
        ProtoProperties.WriteType(ref to, 6, e.Type, layout.Type);
        ProtoProperties.WriteCreated(ref to, 6, Layout.Digits(e.Created, digits));
        ProtoProperties.WriteContentType(ref to, 6, e.ContentType);
        to.Bytes(7, e.Metadata.Span);
        to.Bytes(8, e.Data.Span);
    }

    /// <summary>The lengths within a RecordedEvent.</summary>
    private readonly struct Layout
    {
        public const int MostDigits = 20;

        public readonly int Id;
        public readonly int Name;
        public readonly int Type;
        public readonly int Size;

        public Layout(RecordedEvent e, bool textIds)
        {
            Span<byte> digits = stackalloc byte[MostDigits];
            Id = ProtoUuid.SizeOf(e.Id, textIds);
            Name = ProtoWriter.TextOf(e.Stream.Value);
            Type = ProtoWriter.TextOf(e.Type);
            Size = ProtoWriter.FieldOf(Id)
                + ProtoStream.FieldOf(Name)
                + ProtoWriter.NumberOf((ulong)e.Revision)
                + (2 * ProtoWriter.NumberOf(e.Position))
                + ProtoWriter.FieldOf(ProtoProperties.TypeOf(Type))
                + ProtoWriter.FieldOf(ProtoProperties.CreatedOf(Digits(e.Created, digits).Length))
                + ProtoWriter.FieldOf(ProtoProperties.ContentTypeOf(e.ContentType))
                + ProtoWriter.BytesOf(e.Metadata.Length)
                + ProtoWriter.BytesOf(e.Data.Length);
        }

        public int FieldSize => Size == 0 ? 0 : ProtoWriter.FieldOf(Size);

        /// <summary>Ticks of 100 ns since 1970, as text.</summary>
        public static ReadOnlySpan<byte> Digits(DateTimeOffset created, Span<byte> scratch)
        {
            Utf8Formatter.TryFormat(created.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, scratch, out var length);
            return scratch[..length];
        }
    }
}
