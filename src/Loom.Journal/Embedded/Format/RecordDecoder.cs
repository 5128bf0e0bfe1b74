using System.Buffers.Binary;
using System.Text;
using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>Reads a record's payload. Keeps the strings it has made, since journals repeat a few names for ever. Not thread-safe.</summary>
internal sealed class RecordDecoder
{
    private const int CacheSize = 256;

    private readonly (byte[] Utf8, StreamName Name)[] _streams = new (byte[], StreamName)[CacheSize];
    private readonly (byte[] Utf8, string Text)[] _types = new (byte[], string)[CacheSize];

    /// <summary>The stream's name in UTF-8, or false when the payload is malformed.</summary>
    public static bool TryStream(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (payload.Length < 2)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(payload);
        if (2 + length > payload.Length)
        {
            return false;
        }

        utf8 = payload.Slice(2, length);
        return true;
    }

    /// <summary>Decodes every event into <paramref name="into"/>, which is cleared first; false when the payload is malformed.</summary>
    public bool TryDecode(in RecordHeader header, ReadOnlySpan<byte> payload, List<RecordedEvent> into)
    {
        into.Clear();
        if (!TryStream(payload, out var utf8) || !TryStreamName(utf8, out var stream))
        {
            return false;
        }

        // One array for all bodies of the record; the events share it.
        var body = payload[(2 + utf8.Length)..].ToArray();
        var created = new DateTimeOffset(header.CreatedTicks, TimeSpan.Zero);
        var at = 0;
        for (var i = 0; i < header.Count; i++)
        {
            if (!TryEvent(body, ref at, out var parts))
            {
                return false;
            }

            into.Add(new RecordedEvent(
                stream, header.FirstRevision + i, header.Position + (ulong)i, parts.Id, parts.Type, parts.ContentType,
                parts.Data, parts.Metadata, created));
        }

        return at == body.Length;
    }

    private bool TryEvent(byte[] body, ref int at, out (Guid Id, string Type, string ContentType, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata) parts)
    {
        parts = default;
        if (body.Length - at < RecordEncoder.EventHeader)
        {
            return false;
        }

        var head = body.AsSpan(at, RecordEncoder.EventHeader);
        var data = BinaryPrimitives.ReadInt32LittleEndian(head[16..]);
        var metadata = BinaryPrimitives.ReadInt32LittleEndian(head[20..]);
        var type = BinaryPrimitives.ReadUInt16LittleEndian(head[24..]);
        var mark = BinaryPrimitives.ReadUInt16LittleEndian(head[26..]);
        var content = mark >= RecordEncoder.BinaryMark ? 0 : mark;
        if (data < 0 || metadata < 0 || (long)at + RecordEncoder.EventHeader + type + content + data + metadata > body.Length)
        {
            return false;
        }

        var id = new Guid(head[..16], bigEndian: true);
        at += RecordEncoder.EventHeader;
        var typeText = Text(body.AsSpan(at, type));
        at += type;
        var contentText = mark switch
        {
            RecordEncoder.JsonMark => EventData.Json,
            RecordEncoder.BinaryMark => EventData.Binary,
            _ => Text(body.AsSpan(at, content)),
        };
        at += content;
        parts = (id, typeText, contentText, body.AsMemory(at, data), body.AsMemory(at + data, metadata));
        at += data + metadata;
        return true;
    }

    private bool TryStreamName(ReadOnlySpan<byte> utf8, out StreamName stream)
    {
        ref var slot = ref _streams[Slot(utf8)];
        if (slot.Utf8 is not null && utf8.SequenceEqual(slot.Utf8))
        {
            stream = slot.Name;
            return true;
        }

        if (!StreamName.TryParse(Encoding.UTF8.GetString(utf8), out stream))
        {
            return false;
        }

        slot = (utf8.ToArray(), stream);
        return true;
    }

    private string Text(ReadOnlySpan<byte> utf8)
    {
        ref var slot = ref _types[Slot(utf8)];
        if (slot.Utf8 is null || !utf8.SequenceEqual(slot.Utf8))
        {
            slot = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        }

        return slot.Text;
    }

    private static int Slot(ReadOnlySpan<byte> utf8) => (int)(Crc32C.Add(Crc32C.Start, utf8) % CacheSize);
}
