using System.Buffers;

namespace Loom.Journal.Embedded;

/// <summary>How reading a record went.</summary>
internal enum RecordStatus
{
    /// <summary>A whole record whose CRC holds; a filler has no payload to show.</summary>
    Ok,

    /// <summary>The limit was reached exactly.</summary>
    End,

    /// <summary>What lies there is no whole record, or its CRC does not hold.</summary>
    Bad,
}

/// <summary>
/// Reads records of one segment file through a window that grows while reading goes on in order and stays small when it jumps. The
/// spans handed out live until the next call. Not thread-safe.
/// </summary>
internal sealed class RecordReader(IDiskFile file, ulong segmentStart, int minWindow, int maxWindow) : IDisposable
{
    private byte[] _buffer = [];
    private long _start;
    private int _length;
    private int _window;

    public RecordStatus Read(long offset, long limit, out RecordHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (offset == limit)
        {
            return RecordStatus.End;
        }

        var head = Window(offset, RecordHeader.Size, limit);
        if (!RecordHeader.TryRead(head, segmentStart + (ulong)offset, out header))
        {
            return RecordStatus.Bad;
        }

        if (header.IsFiller)
        {
            return offset + header.Length <= limit && header.Verifies(head, default) ? RecordStatus.Ok : RecordStatus.Bad;
        }

        var whole = Window(offset, header.Length, limit);
        if (whole.Length < header.Length)
        {
            return RecordStatus.Bad;
        }

        payload = whole[RecordHeader.Size..];
        return header.Verifies(whole, payload) ? RecordStatus.Ok : RecordStatus.Bad;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
        }
    }

    private ReadOnlySpan<byte> Window(long offset, int size, long limit)
    {
        if (offset + size > limit)
        {
            return default;
        }

        if (offset < _start || offset + size > _start + _length)
        {
            Fill(offset, size, limit);
        }

        return offset + size <= _start + _length ? _buffer.AsSpan((int)(offset - _start), size) : default;
    }

    private void Fill(long offset, int size, long limit)
    {
        var inOrder = _length > 0 && offset >= _start && offset <= _start + _length + minWindow;
        _window = inOrder ? Math.Min(Math.Max(_window * 2, minWindow), maxWindow) : minWindow;
        var want = (int)Math.Min(Math.Max(size, _window), limit - offset);
        if (_buffer.Length < want)
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(want);
        }

        _start = offset;
        _length = 0;
        _length = file.Read(offset, _buffer.AsSpan(0, want));
    }
}
