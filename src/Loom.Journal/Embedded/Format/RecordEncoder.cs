using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>Writes a record's payload: the stream's name, then the events. Runs on the caller's thread, not the writer's.</summary>
internal static class RecordEncoder
{
    /// <summary>Id 16, data length 4, metadata length 4, type length 2, content type 2.</summary>
    public const int EventHeader = 28;

    public const ushort JsonMark = 0xffff;
    public const ushort BinaryMark = 0xfffe;
    public const int MaxText = 0xfff0;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The payload in a rented array, and its length.</summary>
    /// <exception cref="EncoderFallbackException">A type or content type holds a lone surrogate.</exception>
    public static byte[] Encode(StreamName stream, IReadOnlyList<EventData> events, out int length)
    {
        long bound = 2 + (3 * stream.Value.Length);
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            bound += EventHeader + e.Data.Length + e.Metadata.Length + (3L * e.Type.Length) + (3L * e.ContentType.Length);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(checked((int)bound));
        var span = buffer.AsSpan();
        var nameLength = Strict.GetBytes(stream.Value, span[2..]);
        BinaryPrimitives.WriteUInt16LittleEndian(span, (ushort)nameLength);
        var at = 2 + nameLength;
        for (var i = 0; i < events.Count; i++)
        {
            at += Encode(events[i], span[at..]);
        }

        length = at;
        return buffer;
    }

    private static int Encode(EventData e, Span<byte> span)
    {
        e.Id.TryWriteBytes(span, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(span[16..], e.Data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span[20..], e.Metadata.Length);
        var at = EventHeader;
        var type = Strict.GetBytes(e.Type, span[at..]);
        BinaryPrimitives.WriteUInt16LittleEndian(span[24..], (ushort)type);
        at += type;
        ushort mark;
        switch (e.ContentType)
        {
            case EventData.Json:
                mark = JsonMark;
                break;
            case EventData.Binary:
                mark = BinaryMark;
                break;
            default:
                mark = (ushort)Strict.GetBytes(e.ContentType, span[at..]);
                at += mark;
                break;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(span[26..], mark);
        e.Data.Span.CopyTo(span[at..]);
        at += e.Data.Length;
        e.Metadata.Span.CopyTo(span[at..]);
        return at + e.Metadata.Length;
    }
}
