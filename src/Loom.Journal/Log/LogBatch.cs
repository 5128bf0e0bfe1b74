using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>One event of <c>loom.log</c>: leaves in their order (<c>docs/formats/loom-log.md</c>).</summary>
/// <param name="Position">Where the last leaf's last event stood in the journal that the batch was made in.</param>
/// <param name="Entries">The leaves, at least one, with consecutive indices.</param>
internal sealed record LogBatch(ulong Position, IReadOnlyList<LogEntry> Entries)
{
    public const string EventType = "loom.log.batch";
    public const int MaxLeaves = 1000;
    public const int MaxBytes = 500_000;

    private const byte Version = 1;
    private const int HeaderSize = 1 + 8 + 8 + 4;
    private const int FixedEntrySize = 2 + 8 + 2 + Digest.Size;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static int SizeOf(StreamName stream) => FixedEntrySize + Strict.GetByteCount(stream.Value);

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(HeaderSize + (Entries.Count * 96));
        var header = buffer.GetSpan(HeaderSize);
        header[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(header[1..], Entries[0].Index);
        BinaryPrimitives.WriteUInt64LittleEndian(header[9..], Position);
        BinaryPrimitives.WriteInt32LittleEndian(header[17..], Entries.Count);
        buffer.Advance(HeaderSize);
        foreach (var entry in Entries)
        {
            var size = SizeOf(entry.Stream);
            var span = buffer.GetSpan(size)[..size];
            var name = size - FixedEntrySize;
            BinaryPrimitives.WriteUInt16LittleEndian(span, (ushort)name);
            Strict.GetBytes(entry.Stream.Value, span[2..]);
            span = span[(2 + name)..];
            BinaryPrimitives.WriteInt64LittleEndian(span, entry.Revision);
            BinaryPrimitives.WriteUInt16LittleEndian(span[8..], (ushort)entry.Count);
            entry.Link.CopyTo(span[10..]);
            buffer.Advance(size);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">The bytes are not what <see cref="Encode"/> writes.</exception>
    public static LogBatch Decode(RecordedEvent e)
    {
        var data = e.Data.Span;
        if (e.Type != EventType || data.Length < HeaderSize || data[0] != Version)
        {
            throw Bad(e, "it is no batch of format 1");
        }

        var index = BinaryPrimitives.ReadInt64LittleEndian(data[1..]);
        var position = BinaryPrimitives.ReadUInt64LittleEndian(data[9..]);
        var count = BinaryPrimitives.ReadInt32LittleEndian(data[17..]);
        data = data[HeaderSize..];
        if (index < 0 || count is < 1 or > MaxLeaves)
        {
            throw Bad(e, "its first index or its count is out of range");
        }

        var entries = new LogEntry[count];
        for (var i = 0; i < count; i++)
        {
            var name = data.Length < FixedEntrySize ? int.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(data);
            if (name > data.Length - FixedEntrySize)
            {
                throw Bad(e, "it is cut short");
            }

            if (!TryName(data.Slice(2, name), out var stream))
            {
                throw Bad(e, $"leaf {i} names no stream");
            }

            data = data[(2 + name)..];
            var (revision, events) = (BinaryPrimitives.ReadInt64LittleEndian(data), BinaryPrimitives.ReadUInt16LittleEndian(data[8..]));
            if (revision < 0 || events is 0 or > TransitionWriter.MaxEvents)
            {
                throw Bad(e, $"leaf {i} has a revision or count out of range");
            }

            entries[i] = new LogEntry(index + i, stream, revision, events, new Digest(data.Slice(10, Digest.Size)));
            data = data[(10 + Digest.Size)..];
        }

        return data.IsEmpty ? new LogBatch(position, entries) : throw Bad(e, "bytes follow its last leaf");
    }

    private static bool TryName(ReadOnlySpan<byte> utf8, out StreamName stream)
    {
        try
        {
            return StreamName.TryParse(Strict.GetString(utf8), out stream);
        }
        catch (DecoderFallbackException)
        {
            stream = default;
            return false;
        }
    }

    private static FormatException Bad(RecordedEvent e, string reason) => new($"{e.Stream} at revision {e.Revision}: {reason}.");
}
