using System.Buffers.Binary;
using System.Text;

namespace Loom.Wasm.Tests.Building;

/// <summary>Writes the parts that the binary format is made of.</summary>
internal sealed class ByteWriter
{
    private readonly List<byte> bytes = [];

    public int Length => bytes.Count;

    public byte[] ToArray() => [.. bytes];

    public ByteWriter Byte(int value)
    {
        bytes.Add((byte)value);
        return this;
    }

    public ByteWriter Bytes(ReadOnlySpan<byte> value)
    {
        bytes.AddRange(value);
        return this;
    }

    public ByteWriter U32(uint value)
    {
        while (value >= 0x80)
        {
            bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        bytes.Add((byte)value);
        return this;
    }

    public ByteWriter U32(int value) => U32((uint)value);

    public ByteWriter Signed(long value)
    {
        while (value is < -64 or > 63)
        {
            bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        bytes.Add((byte)(value & 0x7f));
        return this;
    }

    public ByteWriter F32(float value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        return Bytes(four);
    }

    public ByteWriter Bits(ulong value, int count)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(eight, value);
        return Bytes(eight[..count]);
    }

    /// <summary>A length and that many bytes.</summary>
    public ByteWriter Sized(ReadOnlySpan<byte> value) => U32(value.Length).Bytes(value);

    public ByteWriter Name(string value) => Sized(Encoding.UTF8.GetBytes(value));

    /// <summary>A section, unless it is empty.</summary>
    public ByteWriter Section(int id, ByteWriter content) => Byte(id).Sized(content.ToArray());
}
