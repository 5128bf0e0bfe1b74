using System.Buffers.Binary;

namespace Loom.Provenance.Zip;

/// <summary>The CRC of ZIP (polynomial 0xEDB88320), eight bytes a step.</summary>
internal static class Crc32
{
    private static readonly uint[] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var t = Tables;
        var crc = 0xFFFFFFFFu;
        while (bytes.Length >= 8)
        {
            var lo = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var hi = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[0x700 + (int)(lo & 0xFF)] ^ t[0x600 + (int)((lo >> 8) & 0xFF)] ^ t[0x500 + (int)((lo >> 16) & 0xFF)] ^ t[0x400 + (int)(lo >> 24)]
                ^ t[0x300 + (int)(hi & 0xFF)] ^ t[0x200 + (int)((hi >> 8) & 0xFF)] ^ t[0x100 + (int)((hi >> 16) & 0xFF)] ^ t[(int)(hi >> 24)];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            crc = t[(int)((crc ^ b) & 0xFF)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var c = i;
            for (var k = 0; k < 8; k++)
            {
                c = (c & 1) != 0 ? (c >> 1) ^ 0xEDB88320u : c >> 1;
            }

            tables[i] = c;
        }

        for (var i = 256; i < tables.Length; i++)
        {
            tables[i] = (tables[i - 256] >> 8) ^ tables[(int)(tables[i - 256] & 0xFF)];
        }

        return tables;
    }
}
