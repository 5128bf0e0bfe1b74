using System.Numerics;
using System.Runtime.InteropServices;

namespace Loom.Journal.Embedded;

/// <summary>CRC-32C (Castagnoli), in a running form: start with <see cref="Start"/>, add bytes, finish.</summary>
internal static class Crc32C
{
    public const uint Start = 0xffffffff;

    public static uint Of(ReadOnlySpan<byte> bytes) => Finish(Add(Start, bytes));

    public static uint Finish(uint state) => ~state;

    public static uint Add(uint state, ReadOnlySpan<byte> bytes)
    {
        if (BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, ulong>(bytes);
            foreach (var word in words)
            {
                state = BitOperations.Crc32C(state, word);
            }

            bytes = bytes[(words.Length * sizeof(ulong))..];
        }

        foreach (var b in bytes)
        {
            state = BitOperations.Crc32C(state, b);
        }

        return state;
    }
}
