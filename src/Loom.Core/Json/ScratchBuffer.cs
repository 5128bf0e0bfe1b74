using System.Buffers;

namespace Loom.Core;

/// <summary>One buffer a thread for bytes that are hashed or copied at once, so that writing a link allocates only what is kept of it.</summary>
internal static class ScratchBuffer
{
    private const int First = 4 << 10;
    private const int LargestKept = 64 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _spare;

    /// <summary>An empty buffer, the caller's until <see cref="Return"/>.</summary>
    public static ArrayBufferWriter<byte> Take()
    {
        var buffer = _spare ?? new ArrayBufferWriter<byte>(First);
        _spare = null;
        return buffer;
    }

    public static void Return(ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity <= LargestKept)
        {
            buffer.ResetWrittenCount();
            _spare = buffer;
        }
    }
}
