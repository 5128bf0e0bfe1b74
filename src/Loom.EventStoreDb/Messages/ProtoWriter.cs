using System.Numerics;
using System.Text;

namespace Loom.EventStoreDb.Messages;

/// <summary>
/// Writes fields in Protocol Buffers into a span that is large enough; the field numbers are below 16. As the generated classes do, it leaves
/// out what is zero or empty, save where a field says by its presence which of several it is.
/// </summary>
internal ref struct ProtoWriter(Span<byte> to)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Span<byte> _to = to;
    private int _at;

    public readonly bool IsFull => _at == _to.Length;

    /// <summary>Bytes of a number.</summary>
    public static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>Bytes of a field that holds so many bytes.</summary>
    public static int FieldOf(int length) => 1 + SizeOf((ulong)length) + length;

    /// <summary>Bytes of a field that holds so many bytes, and is left out where there are none.</summary>
    public static int BytesOf(int length) => length == 0 ? 0 : FieldOf(length);

    /// <summary>Bytes of a field that holds a number, and is left out where it is zero.</summary>
    public static int NumberOf(ulong value) => value == 0 ? 0 : 1 + SizeOf(value);

    /// <exception cref="EncoderFallbackException">The text is not well-formed.</exception>
    public static int TextOf(string text) => Utf8.GetByteCount(text);

    public void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            _to[_at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _to[_at++] = (byte)value;
    }

    /// <summary>A number, even if it is zero.</summary>
    public void Present(int field, ulong value)
    {
        _to[_at++] = (byte)(field << 3);
        Varint(value);
    }

    public void Number(int field, ulong value)
    {
        if (value != 0)
        {
            Present(field, value);
        }
    }

    /// <summary>Begins a message, text or bytes of this length.</summary>
    public void Begin(int field, int length)
    {
        _to[_at++] = (byte)((field << 3) | 2);
        Varint((ulong)length);
    }

    public void Bytes(int field, scoped ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            Begin(field, bytes.Length);
            Raw(bytes);
        }
    }

    public void Text(int field, string text, int size)
    {
        if (size > 0)
        {
            Begin(field, size);
            _at += Utf8.GetBytes(text, _to[_at..]);
        }
    }

    /// <summary>Bytes that are fields already.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_to[_at..]);
        _at += bytes.Length;
    }

    /// <summary>Room for so many bytes, for the caller to fill.</summary>
    public Span<byte> Room(int length)
    {
        var room = _to.Slice(_at, length);
        _at += length;
        return room;
    }
}
