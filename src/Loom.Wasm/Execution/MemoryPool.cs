using System.Numerics;
using System.Runtime.InteropServices;

namespace Loom.Wasm;

/// <summary>
/// Zeroed blocks for linear memories. Small ones are kept and cleared when they come back, which is many times cheaper than asking the system
/// for fresh pages at every call of a machine; large ones go to and from the system.
/// </summary>
internal static unsafe class MemoryPool
{
    // 64 KiB (16 bits) up to 1 MiB (20 bits), a few of each: at most 8 x 2 MiB are kept.
    private const int SmallestBits = 16;
    private const int LargestBits = 20;
    private const int KeptOfEach = 8;

    private static readonly Shelf[] Shelves = [.. Enumerable.Range(SmallestBits, LargestBits - SmallestBits + 1).Select(_ => new Shelf())];

    /// <summary>A zeroed block of at least that many bytes, and its size. Null for zero bytes, and when the system has none.</summary>
    public static byte* Rent(long length, out long capacity)
    {
        capacity = length;
        if (length == 0) return null;
        var bits = Bits(length);
        if (bits > LargestBits) return Allocate(length);
        capacity = 1L << bits;
        var kept = Shelves[bits - SmallestBits].Take();
        return kept is null ? Allocate(capacity) : kept;
    }

    /// <summary>Takes a block back of which the first <paramref name="used"/> bytes may have been written.</summary>
    public static void Return(byte* bytes, long capacity, long used)
    {
        if (bytes is null) return;
        var bits = Bits(capacity);
        if (bits <= LargestBits)
        {
            NativeMemory.Clear(bytes, (nuint)used);
            if (Shelves[bits - SmallestBits].Put(bytes)) return;
        }

        NativeMemory.Free(bytes);
    }

    private static int Bits(long length) => Math.Max(SmallestBits, 64 - BitOperations.LeadingZeroCount((ulong)length - 1));

    private static byte* Allocate(long length)
    {
        try
        {
            return (byte*)NativeMemory.AllocZeroed((nuint)length);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private sealed class Shelf
    {
        private readonly nint[] blocks = new nint[KeptOfEach];
        private readonly Lock gate = new();
        private int count;

        public byte* Take()
        {
            lock (gate) return count == 0 ? null : (byte*)blocks[--count];
        }

        public bool Put(byte* block)
        {
            lock (gate)
            {
                if (count == KeptOfEach) return false;
                blocks[count++] = (nint)block;
                return true;
            }
        }
    }
}
