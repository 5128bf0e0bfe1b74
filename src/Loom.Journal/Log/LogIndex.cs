using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>
/// What <c>loom.log</c> says, in memory: the tree, each stream's last link, and where each transition's leaf is. It costs about 34 bytes a
/// leaf for the tree, 16 to 32 for finding it, and some 250 a stream. One writer; readers on any thread.
/// </summary>
internal sealed class LogIndex
{
    private readonly Lock _gate = new();
    private readonly MerkleTree _tree = new();
    private readonly Dictionary<StreamName, StreamLeaves> _streams = [];
    private readonly List<long> _firstOfBatch = [];

    public long Size
    {
        get
        {
            lock (_gate)
            {
                return _tree.Size;
            }
        }
    }

    /// <summary>Revision of the last batch in <c>loom.log</c>; −1 when there is none.</summary>
    public long LastBatch
    {
        get
        {
            lock (_gate)
            {
                return _firstOfBatch.Count - 1;
            }
        }
    }

    /// <summary>The last leaf and the position that its batch recorded.</summary>
    public (LogEntry Entry, ulong Position)? Last { get; private set; }

    /// <exception cref="FormatException">A leaf does not follow its stream's previous one.</exception>
    public void Add(long revision, LogBatch batch)
    {
        lock (_gate)
        {
            if (revision != _firstOfBatch.Count || batch.Entries[0].Index != _tree.Size)
            {
                throw new FormatException($"loom.log at revision {revision}: it begins at leaf {batch.Entries[0].Index}, after {_tree.Size} leaves.");
            }

            _firstOfBatch.Add(_tree.Size);
            foreach (var entry in batch.Entries)
            {
                if (!_streams.TryGetValue(entry.Stream, out var leaves))
                {
                    _streams.Add(entry.Stream, leaves = new StreamLeaves());
                }

                if (entry.Revision != leaves.Next)
                {
                    throw new FormatException($"loom.log at revision {revision}: {entry.Stream} at {entry.Revision} where {leaves.Next} follows.");
                }

                leaves.Add(entry);
                _tree.Append(entry.Link);
            }

            Last = (batch.Entries[^1], batch.Position);
        }
    }

    /// <summary>What follows in a stream: the next revision and the last link; null for a stream without leaves.</summary>
    public (long Next, Digest Link)? Head(StreamName stream)
    {
        lock (_gate)
        {
            return _streams.TryGetValue(stream, out var leaves) ? (leaves.Next, leaves.LastLink) : null;
        }
    }

    /// <summary>The leaf of the transition that holds the revision; null when it has none.</summary>
    public long? IndexOf(StreamName stream, long revision)
    {
        lock (_gate)
        {
            return _streams.TryGetValue(stream, out var leaves) ? leaves.IndexOf(revision) : null;
        }
    }

    /// <summary>Which batch of <c>loom.log</c> holds a leaf.</summary>
    public long BatchOf(long index)
    {
        lock (_gate)
        {
            var at = _firstOfBatch.BinarySearch(index);
            return at >= 0 ? at : ~at - 1;
        }
    }

    public Digest Root(long size)
    {
        lock (_gate)
        {
            return _tree.Root(size);
        }
    }

    public IReadOnlyList<Digest> InclusionProof(long index, long size)
    {
        lock (_gate)
        {
            return _tree.InclusionProof(index, size);
        }
    }

    public IReadOnlyList<Digest> ConsistencyProof(long from, long to)
    {
        lock (_gate)
        {
            return _tree.ConsistencyProof(from, to);
        }
    }

    private sealed class StreamLeaves
    {
        private readonly List<(long Revision, long Index)> _leaves = new(1);

        public long Next { get; private set; }

        public Digest LastLink { get; private set; }

        public void Add(LogEntry entry)
        {
            _leaves.Add((entry.Revision, entry.Index));
            (Next, LastLink) = (entry.LastRevision + 1, entry.Link);
        }

        public long? IndexOf(long revision)
        {
            if (revision < 0 || revision >= Next)
            {
                return null;
            }

            var at = _leaves.BinarySearch((revision, long.MaxValue));
            return _leaves[(at >= 0 ? at : ~at) - (at >= 0 ? 0 : 1)].Index;
        }
    }
}
