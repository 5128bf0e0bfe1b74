using System.Runtime.InteropServices;

namespace Loom.Journal.Embedded;

/// <summary>
/// The index of the segment that is being written: entries in the order of the file, each pointing at its stream's previous one. One
/// writer; readers take the growing array once and then need no lock, since entries never change.
/// </summary>
internal sealed class ActiveIndex : ISegmentIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StreamKey, int> _last = [];
    private Node[] _nodes = new Node[64];
    private int _count;
    private ulong? _lastPosition;

    public SparseOffsets Sparse { get; } = new();

    public ulong? LastPosition
    {
        get
        {
            lock (_gate)
            {
                return _lastPosition;
            }
        }
    }

    public bool MayHoldMetadata { get; private set; }

    public int Count => _count;

    public void Add(in IndexEntry entry, ulong lastPosition, bool isMetadata)
    {
        MayHoldMetadata |= isMetadata;
        Sparse.Add(entry.Offset);
        lock (_gate)
        {
            if (_count == _nodes.Length)
            {
                Array.Resize(ref _nodes, _count * 2);
            }

            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_last, entry.Key, out var exists);
            _nodes[_count] = new Node(entry, exists ? last : -1);
            last = _count++;
            _lastPosition = lastPosition;
        }
    }

    public bool TryLast(StreamKey key, out IndexEntry entry)
    {
        lock (_gate)
        {
            var found = _last.TryGetValue(key, out var at);
            entry = found ? _nodes[at].Entry : default;
            return found;
        }
    }

    public IEnumerable<IndexEntry> Ascending(StreamKey key, long from)
    {
        var nodes = Chain(key, out var at);
        var found = new Stack<int>();
        for (; at >= 0 && nodes[at].Entry.LastRevision >= from; at = nodes[at].Previous)
        {
            found.Push(at);
        }

        while (found.TryPop(out at))
        {
            yield return nodes[at].Entry;
        }
    }

    public IEnumerable<IndexEntry> Descending(StreamKey key, long from)
    {
        var nodes = Chain(key, out var at);
        for (; at >= 0; at = nodes[at].Previous)
        {
            if (nodes[at].Entry.FirstRevision <= from)
            {
                yield return nodes[at].Entry;
            }
        }
    }

    public long RecordBefore(long offset) => Sparse.Before(offset);

    /// <summary>All entries, sorted by stream and revision. Only once nothing is added any more.</summary>
    public IndexEntry[] ToSorted()
    {
        var entries = new IndexEntry[_count];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = _nodes[i].Entry;
        }

        Array.Sort(entries, (a, b) => a.Key.CompareTo(b.Key) is var c and not 0 ? c : a.FirstRevision.CompareTo(b.FirstRevision));
        return entries;
    }

    private Node[] Chain(StreamKey key, out int last)
    {
        lock (_gate)
        {
            last = _last.TryGetValue(key, out var at) ? at : -1;
            return _nodes;
        }
    }

    private readonly record struct Node(IndexEntry Entry, int Previous);
}
