using System.Numerics;

namespace Loom.Core;

/// <summary>
/// An append-only RFC 6962 tree in memory that answers for every earlier size. It keeps the leaf hashes and every fourth level above them,
/// about 34 bytes a leaf, in chunks that never move; the levels between are hashed anew when asked for. Not thread-safe.
/// </summary>
public sealed class MerkleTree
{
    private const int Stride = 4;
    private const int Fan = 1 << Stride;
    private readonly List<Chunks> _levels = [new Chunks()];

    /// <summary>Number of leaves.</summary>
    public long Size => _levels[0].Count;

    /// <summary>Appends a leaf (the 32 bytes of a link).</summary>
    public void Append(Digest leaf) => AppendLeafHash(Merkle.LeafHash(leaf));

    /// <summary>Appends a leaf whose <see cref="Merkle.LeafHash(Digest)"/> is already known.</summary>
    public void AppendLeafHash(Digest leafHash)
    {
        _levels[0].Add(leafHash);
        for (var kept = 0; _levels[kept].Count % Fan == 0; kept++)
        {
            if (kept + 1 == _levels.Count)
            {
                _levels.Add(new Chunks());
            }

            var level = (kept + 1) * Stride;
            _levels[kept + 1].Add(Combine(level, _levels[kept + 1].Count));
        }
    }

    /// <summary>Root of the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has fewer leaves.</exception>
    public Digest Root(long size)
    {
        RequireSize(size);
        return size == 0 ? Merkle.EmptyRoot : Range(0, size);
    }

    /// <summary>Proof that the leaf at <paramref name="index"/> is in the tree of <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has fewer leaves, or that tree lacks the index.</exception>
    public IReadOnlyList<Digest> InclusionProof(long index, long size)
    {
        RequireSize(size);
        if (index < 0 || index >= size)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"A tree of {size} leaves has no leaf {index}.");
        }

        var proof = new List<Digest>();
        var (low, high) = (0L, size);
        while (high - low > 1)
        {
            var middle = low + Split(high - low);
            if (index < middle)
            {
                proof.Add(Range(middle, high));
                high = middle;
            }
            else
            {
                proof.Add(Range(low, middle));
                low = middle;
            }
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>Proof that the tree of <paramref name="size2"/> leaves begins with that of <paramref name="size1"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has fewer leaves, or the sizes are the wrong way round.</exception>
    public IReadOnlyList<Digest> ConsistencyProof(long size1, long size2)
    {
        RequireSize(size2);
        if (size1 < 0 || size1 > size2)
        {
            throw new ArgumentOutOfRangeException(nameof(size1), size1, $"There is no proof from size {size1} to size {size2}.");
        }

        if (size1 == 0 || size1 == size2)
        {
            return [];
        }

        var proof = new List<Digest>();
        var (low, high, whole) = (0L, size2, true);
        while (high != size1)
        {
            var middle = low + Split(high - low);
            if (size1 <= middle)
            {
                proof.Add(Range(middle, high));
                high = middle;
            }
            else
            {
                proof.Add(Range(low, middle));
                low = middle;
                whole = false;
            }
        }

        if (!whole)
        {
            proof.Add(Range(low, high));
        }

        proof.Reverse();
        return proof;
    }

    private void RequireSize(long size)
    {
        if (size < 0 || size > Size)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, $"The tree has {Size} leaves, not {size}.");
        }
    }

    // low is a multiple of the power of two that covers the range, as RFC 6962's splits make it.
    private Digest Range(long low, long high)
    {
        var count = high - low;
        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.Log2((ulong)count);
            return Node(level, low >> level);
        }

        var middle = low + Split(count);
        return Merkle.NodeHash(Range(low, middle), Range(middle, high));
    }

    private Digest Node(int level, long index) => level % Stride == 0 ? _levels[level / Stride][index] : Combine(level, index);

    private Digest Combine(int level, long index) => Merkle.NodeHash(Node(level - 1, 2 * index), Node(level - 1, (2 * index) + 1));

    /// <summary>The largest power of two below <paramref name="count"/>.</summary>
    private static long Split(long count) => 1L << BitOperations.Log2((ulong)(count - 1));

    private sealed class Chunks
    {
        private const int Length = 4096;
        private readonly List<Digest[]> _chunks = [];

        public long Count { get; private set; }

        public Digest this[long index] => _chunks[(int)(index / Length)][index % Length];

        public void Add(Digest value)
        {
            if (Count % Length == 0)
            {
                _chunks.Add(new Digest[Length]);
            }

            _chunks[^1][Count % Length] = value;
            Count++;
        }
    }
}
