using System.Buffers;
using System.Buffers.Binary;

namespace Loom.EventStoreDb.Grpc;

/// <summary>Gathers messages with their five bytes in front: not compressed, length. Rents its memory; nothing that is large is kept after it was sent.</summary>
internal sealed class FrameBuffer : IDisposable
{
    public const int HeaderBytes = 5;

    private const int FirstBytes = 8 << 10;
    private const int KeptBytes = 128 << 10;

    private byte[] _bytes = [];
    private int _length;

    public int Length => _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Begins a message of exactly <paramref name="size"/> bytes, which the caller writes into the span before anything else.</summary>
    public Span<byte> Add(int size)
    {
        var end = checked(_length + HeaderBytes + size);
        if (end > _bytes.Length)
        {
            Grow(end);
        }

        var header = _bytes.AsSpan(_length, HeaderBytes);
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)size);
        _length = end;
        return _bytes.AsSpan(end - size, size);
    }

    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > KeptBytes)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        var bytes = _bytes;
        (_bytes, _length) = ([], 0);
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Grow(int end)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(end, Math.Max(FirstBytes, (int)Math.Min(_bytes.Length * 2L, Array.MaxLength))));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
