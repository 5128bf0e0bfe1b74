using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Loom.Wasm;

/// <summary>Reads the parts that the binary format is made of (WebAssembly 2.0, 5.1 and 5.2), as strictly as it asks.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, int start)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private readonly int start = start;
    private int position;

    /// <summary>Bytes that are left.</summary>
    public readonly int Left => bytes.Length - position;

    /// <summary>Where the reader stands, counted from the start of the module.</summary>
    public readonly int Offset => start + position;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Byte()
    {
        var at = position;
        if ((uint)at >= (uint)bytes.Length) throw UnexpectedEnd();
        position = at + 1;
        return bytes[at];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint U32()
    {
        var at = position;
        if ((uint)at < (uint)bytes.Length && bytes[at] < 0x80)
        {
            position = at + 1;
            return bytes[at];
        }

        return LongU32();
    }

    public int S32() => (int)Signed(32);

    public long S33() => Signed(33);

    public long S64() => Signed(64);

    public uint F32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong F64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>The next bytes as they are.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Left) throw UnexpectedEnd();
        var taken = bytes.Slice(position, count);
        position += count;
        return taken;
    }

    /// <summary>A length in bytes of what follows, all of which is there.</summary>
    public int Length(string what)
    {
        var at = Offset;
        var length = U32();
        if (length > (uint)Left) throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"length out of bounds: {what} claims {length} bytes, {Left} are left");
        return (int)length;
    }

    /// <summary>A count of things that follow. What the bytes that are left cannot hold is refused before anything is made for it.</summary>
    public int Count(string what, int limit, int bytesEach = 1)
    {
        var at = Offset;
        var count = U32();
        if (count > (uint)Left / (uint)bytesEach) throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"unexpected end: {count} {what} are claimed, {Left} bytes are left");
        if (count > limit) throw new InvalidModuleException(InvalidModuleKind.TooLarge, at, $"{count} {what}, the limit is {limit}");
        return (int)count;
    }

    public string Name(string what, int limit)
    {
        var at = Offset;
        var length = Length(what);
        var name = Take(length);
        if (!Utf8.IsValid(name)) throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"malformed UTF-8 encoding in {what}");
        if (length > limit) throw new InvalidModuleException(InvalidModuleKind.TooLarge, at, $"{what} has {length} bytes, the limit is {limit}");
        return Encoding.UTF8.GetString(name);
    }

    public readonly InvalidModuleException Malformed(string message) => new(InvalidModuleKind.Malformed, Offset, message);

    public readonly InvalidModuleException Invalid(string message) => new(InvalidModuleKind.Invalid, Offset, message);

    private readonly InvalidModuleException UnexpectedEnd() => new(InvalidModuleKind.Malformed, start + bytes.Length, "unexpected end");

    private uint LongU32()
    {
        var at = Offset;
        uint value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = Byte();
            if (shift == 28 && b > 0x0f) throw NotCanonical(at, b);
            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
    }

    private long Signed(int bits)
    {
        var at = Offset;
        var last = (bits - 1) / 7 * 7; // the shift of the last byte that may come
        long value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = Byte();
            if (shift == last)
            {
                // The bits above the number's sign must repeat it.
                var used = bits - last;
                var rest = (sbyte)(b << 1) >> used;
                if (b >= 0x80 || rest is not (0 or -1)) throw NotCanonical(at, b);
            }

            value |= (long)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                var filled = shift + 7;
                return filled < 64 ? value << (64 - filled) >> (64 - filled) : value;
            }
        }
    }

    private static InvalidModuleException NotCanonical(int at, byte last) =>
        new(InvalidModuleKind.Malformed, at, last >= 0x80 ? "integer representation too long" : "integer too large");
}
