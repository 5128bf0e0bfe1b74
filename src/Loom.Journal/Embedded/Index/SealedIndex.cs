using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Loom.Journal.Embedded;

/// <summary>
/// The index file of a segment that is complete. In memory are only the first key of each page and the sparse offsets (about 200 KB for
/// a full segment of small events); a look-up reads a page or a few. Pages carry their own CRC; at a bad one the segment itself is read
/// again and answers from then on, since an index is only derived.
/// </summary>
internal sealed class SealedIndex : ISegmentIndex, IDisposable
{
    private readonly IDiskFile _file;
    private readonly ulong[] _fences;
    private readonly uint[] _sparse;
    private readonly Lazy<ActiveIndex> _rebuilt;

    private SealedIndex(IDiskFile file, ulong[] fences, uint[] sparse, ulong? lastPosition, bool mayHoldMetadata, Func<ActiveIndex> rebuild)
    {
        MayHoldMetadata = mayHoldMetadata;
        (_file, _fences, _sparse) = (file, fences, sparse);
        _rebuilt = new Lazy<ActiveIndex>(rebuild);
        LastPosition = lastPosition;
    }

    public ulong? LastPosition { get; }

    public bool MayHoldMetadata { get; }

    /// <summary>Opens the index when it is there, whole, and of this very segment; otherwise false: build it again.</summary>
    public static bool TryOpen(
        IDisk disk, string directory, ulong start, long segmentLength, ulong gone, Func<ActiveIndex> rebuild, [NotNullWhen(true)] out SealedIndex? index)
    {
        index = null;
        var path = Path.Combine(directory, SegmentHeader.IndexName(start));
        IDiskFile file;
        try
        {
            file = disk.Open(path, DiskAccess.Read);
        }
        catch (IOException)
        {
            return false;
        }

        index = TryRead(file, start, segmentLength, gone, rebuild);
        if (index is null)
        {
            file.Dispose();
        }

        return index is not null;
    }

    public bool TryLast(StreamKey key, out IndexEntry entry)
    {
        foreach (var last in Descending(key, long.MaxValue))
        {
            entry = last;
            return true;
        }

        entry = default;
        return false;
    }

    public IEnumerable<IndexEntry> Ascending(StreamKey key, long from)
    {
        // The entry that holds `from` begins at or before it: start at the last entry that does.
        var page = new PageBuffer();
        for (var at = Math.Max(0, CountUpTo(page, key, from) - 1); TryEntry(page, at, out var entry) && entry.Key.CompareTo(key) <= 0; at++)
        {
            if (entry.Key == key && entry.LastRevision >= from)
            {
                yield return entry;
                from = entry.LastRevision + 1;
            }
        }

        if (page.IsDamaged)
        {
            foreach (var entry in _rebuilt.Value.Ascending(key, from))
            {
                yield return entry;
            }
        }
    }

    public IEnumerable<IndexEntry> Descending(StreamKey key, long from)
    {
        var page = new PageBuffer();
        for (var at = CountUpTo(page, key, from) - 1; at >= 0 && TryEntry(page, at, out var entry) && entry.Key == key; at--)
        {
            yield return entry;
            from = entry.FirstRevision - 1;
        }

        if (page.IsDamaged)
        {
            foreach (var entry in _rebuilt.Value.Descending(key, from))
            {
                yield return entry;
            }
        }
    }

    public long RecordBefore(long offset) => SparseOffsets.Before(_sparse, offset);

    public void Dispose() => _file.Dispose();

    private static SealedIndex? TryRead(IDiskFile file, ulong start, long segmentLength, ulong gone, Func<ActiveIndex> rebuild)
    {
        var header = new byte[SealedIndexFormat.Page];
        if (file.Read(0, header) != header.Length
            || !header.AsSpan().StartsWith(SealedIndexFormat.Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4092)) != Crc32C.Of(header.AsSpan(0, 4092))
            || BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8)) != SealedIndexFormat.Version
            || BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(16)) != start
            || BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)) != segmentLength
            || BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(SealedIndexFormat.Gone)) != gone)
        {
            return null;
        }

        var pages = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
        var sparseCount = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(48));
        var lastPosition = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(40));
        var tables = new byte[((long)pages * 8) + ((long)sparseCount * 4)];
        if (file.Read(SealedIndexFormat.Page * (1 + (long)pages), tables) != tables.Length
            || Crc32C.Of(tables) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(52)))
        {
            return null;
        }

        var fences = new ulong[pages];
        for (var i = 0; i < fences.Length; i++)
        {
            fences[i] = BinaryPrimitives.ReadUInt64LittleEndian(tables.AsSpan(i * 8));
        }

        var sparse = new uint[sparseCount];
        for (var i = 0; i < sparse.Length; i++)
        {
            sparse[i] = BinaryPrimitives.ReadUInt32LittleEndian(tables.AsSpan((pages * 8) + (i * 4)));
        }

        return new SealedIndex(file, fences, sparse, lastPosition == 0 ? null : lastPosition, header[56] != SealedIndexFormat.NoMetadata, rebuild);
    }

    /// <summary>How many entries sort at or before (key, revision).</summary>
    private long CountUpTo(PageBuffer page, StreamKey key, long revision)
    {
        // Pages wholly below by their fence need no look; equal fences do.
        long low = Math.Max(0, LowerFence(key.High) - 1) * SealedIndexFormat.EntriesPerPage;
        long high = (long)LowerFence(key.High == ulong.MaxValue ? key.High : key.High + 1) * SealedIndexFormat.EntriesPerPage;
        if (key.High == ulong.MaxValue)
        {
            high = (long)_fences.Length * SealedIndexFormat.EntriesPerPage;
        }

        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var isUpTo = TryEntry(page, middle, out var entry)
                && (entry.Key.CompareTo(key) is var c && (c < 0 || (c == 0 && entry.FirstRevision <= revision)));
            (low, high) = isUpTo ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The first page whose fence is at least <paramref name="high"/>.</summary>
    private int LowerFence(ulong high)
    {
        var (low, top) = (0, _fences.Length);
        while (low < top)
        {
            var middle = (low + top) / 2;
            (low, top) = _fences[middle] < high ? (middle + 1, top) : (low, middle);
        }

        return low;
    }

    /// <summary>The entry at an ordinal; false past the last one (only the last page is not full) and once a page was damaged.</summary>
    private bool TryEntry(PageBuffer buffer, long ordinal, out IndexEntry entry)
    {
        entry = default;
        var number = ordinal / SealedIndexFormat.EntriesPerPage;
        if (number >= _fences.Length || buffer.IsDamaged || (buffer.Number != number && !Load(buffer, number)))
        {
            return false;
        }

        var at = (int)(ordinal % SealedIndexFormat.EntriesPerPage);
        if (at >= BinaryPrimitives.ReadInt32LittleEndian(buffer.Bytes.AsSpan(4)))
        {
            return false;
        }

        entry = SealedIndexFormat.ReadEntry(buffer.Bytes.AsSpan(8 + (at * SealedIndexFormat.EntrySize)));
        return true;
    }

    private bool Load(PageBuffer buffer, long number)
    {
        var read = _file.Read((1 + number) * SealedIndexFormat.Page, buffer.Bytes);
        var isWhole = read == SealedIndexFormat.Page
            && BinaryPrimitives.ReadUInt32LittleEndian(buffer.Bytes) == Crc32C.Of(buffer.Bytes.AsSpan(4))
            && BinaryPrimitives.ReadInt32LittleEndian(buffer.Bytes.AsSpan(4)) is >= 1 and <= SealedIndexFormat.EntriesPerPage;
        (buffer.Number, buffer.IsDamaged) = (number, !isWhole);
        return isWhole;
    }

    private sealed class PageBuffer
    {
        public byte[] Bytes { get; } = new byte[SealedIndexFormat.Page];

        public long Number { get; set; } = -1;

        public bool IsDamaged { get; set; }
    }
}
