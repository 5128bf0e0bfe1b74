using System.Text;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>Protobuf by hand, right or wrong.</summary>
internal static class ProtobufBytes
{
    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 128; value >>= 7)
        {
            bytes.Add((byte)(value | 128));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    /// <summary>A field of bytes, text or a message.</summary>
    public static byte[] Field(int number, params byte[][] parts)
    {
        var content = parts.SelectMany(p => p).ToArray();
        return [.. Varint(((ulong)number << 3) | 2), .. Varint((ulong)content.Length), .. content];
    }

    public static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    public static byte[] Number(int number, ulong value) => [.. Varint((ulong)number << 3), .. Varint(value)];

    /// <summary>A message with its five bytes in front.</summary>
    public static byte[] Framed(params byte[][] parts)
    {
        var content = parts.SelectMany(p => p).ToArray();
        return [0, (byte)(content.Length >> 24), (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length, .. content];
    }
}
