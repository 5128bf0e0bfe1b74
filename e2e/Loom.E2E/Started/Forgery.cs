using System.Buffers.Binary;
using System.Text;

namespace Loom.E2E.Started;

/// <summary>Changes bytes inside a stored ZIP entry and mends the ZIP's own checksums, as a forger would.</summary>
public static class Forgery
{
    private const uint LocalHeader = 0x04034b50;
    private const uint CentralHeader = 0x02014b50;

    /// <summary>Replaces the first occurrence of a text by another of the same length.</summary>
    public static byte[] Change(byte[] zip, string from, string to)
    {
        Assert.Equal(from.Length, to.Length);
        var forged = zip.ToArray();
        var at = forged.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
        Assert.True(at > 0, $"the bundle holds no '{from}'");
        Encoding.UTF8.GetBytes(to).CopyTo(forged, at);
        var (name, crc) = Mend(forged, at);
        MendDirectory(forged, name, crc);
        return forged;
    }

    // Walks the local entries to the one that holds the change.
    private static (string Name, uint Crc) Mend(byte[] zip, int changed)
    {
        var at = 0;
        while (U32(zip, at) == LocalHeader)
        {
            var size = (int)U32(zip, at + 18);
            var name = Encoding.UTF8.GetString(zip, at + 30, U16(zip, at + 26));
            var data = at + 30 + U16(zip, at + 26) + U16(zip, at + 28);
            if (changed < data + size)
            {
                var crc = Crc(zip.AsSpan(data, size));
                BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(at + 14), crc);
                return (name, crc);
            }

            at = data + size;
        }

        throw new InvalidOperationException("The change lies in no entry.");
    }

    private static void MendDirectory(byte[] zip, string name, uint crc)
    {
        for (var at = 0; at < zip.Length - 46; at++)
        {
            if (U32(zip, at) == CentralHeader && Encoding.UTF8.GetString(zip, at + 46, U16(zip, at + 28)) == name)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(at + 16), crc);
                return;
            }
        }
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xedb88320);
            }
        }

        return ~crc;
    }

    private static uint U32(byte[] b, int at) => BinaryPrimitives.ReadUInt32LittleEndian(b.AsSpan(at));

    private static ushort U16(byte[] b, int at) => BinaryPrimitives.ReadUInt16LittleEndian(b.AsSpan(at));
}
