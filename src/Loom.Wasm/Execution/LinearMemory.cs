using System.Runtime.InteropServices;

namespace Loom.Wasm;

/// <summary>
/// A linear memory. Its bytes lie outside the managed heap, so that compiled code addresses them with a pointer; they are given back when the
/// memory is disposed of, at the latest when it is collected.
/// </summary>
public sealed unsafe class LinearMemory : IDisposable
{
    /// <summary>Bytes in a page.</summary>
    public const int PageSize = 65_536;

    /// <summary>The most pages that the specification allows.</summary>
    public const int MaxPages = 65_536;

    /// <summary>The first byte. Changes when the memory grows.</summary>
    internal byte* Base;

    /// <summary>Size in bytes. Compiled code compares against it before every access.</summary>
    internal long Length;

    private long capacity;
    private readonly int maxPages;

    /// <summary>Makes a memory of zeros.</summary>
    /// <param name="limits">Its size at the start and the most it may grow to, in pages.</param>
    /// <param name="mostPages">What the host allows besides, in pages.</param>
    public LinearMemory(Limits limits, int mostPages = MaxPages)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.Minimum, (uint)mostPages, nameof(limits));
        Limits = limits;
        maxPages = (int)Math.Min(limits.Maximum ?? MaxPages, (uint)mostPages);
        Base = MemoryPool.Rent((long)limits.Minimum * PageSize, out capacity);
        if (Base is null && limits.Minimum > 0) throw new OutOfMemoryException($"The system has no {limits.Minimum} pages of 64 KiB for a linear memory.");
        Length = (long)limits.Minimum * PageSize;
    }

    /// <summary>Gives the bytes back.</summary>
    ~LinearMemory() => Release();

    /// <summary>The limits that it was made with.</summary>
    public Limits Limits { get; }

    /// <summary>Its size in pages.</summary>
    public int Pages => (int)(Length / PageSize);

    /// <summary>The bytes from <paramref name="offset"/>.</summary>
    /// <exception cref="HostTrapException">The range reaches beyond the end.</exception>
    public Span<byte> Slice(uint offset, uint length)
    {
        if ((ulong)offset + length > (ulong)Length || length > int.MaxValue)
        {
            throw new HostTrapException(TrapException.Of(TrapKind.MemoryOutOfBounds).Trap);
        }

        return new Span<byte>(Base + offset, (int)length);
    }

    /// <summary>Whether that many pages more are within its limits.</summary>
    internal bool MayGrow(uint pages) => pages <= (uint)(maxPages - Pages);

    /// <summary>Adds pages of zeros. Returns the size before, or -1 where the limits forbid it.</summary>
    /// <exception cref="TrapException">
    /// The system has no memory left. The guest is not told so by -1, because what it then did would depend on the machine that it ran on.
    /// </exception>
    internal int Grow(uint pages)
    {
        if (!MayGrow(pages)) return -1;
        var before = Pages;
        var length = Length + ((long)pages * PageSize);
        if (length > capacity)
        {
            // At least doubled, so that a guest which grows page by page copies each byte a bounded number of times.
            var bytes = MemoryPool.Rent(Math.Min(Math.Max(length, capacity * 2), (long)maxPages * PageSize), out var room);
            if (bytes is null) throw TrapException.Of(TrapKind.OutOfMemory);
            NativeMemory.Copy(Base, bytes, (nuint)Length);
            MemoryPool.Return(Base, capacity, Length);
            Base = bytes;
            capacity = room;
        }

        Length = length;
        return before;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        MemoryPool.Return(Base, capacity, Length);
        Base = null;
        Length = capacity = 0;
    }
}
