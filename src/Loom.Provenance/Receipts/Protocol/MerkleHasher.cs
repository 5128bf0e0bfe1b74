using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Loom.Provenance.Receipts;

/// <summary>
/// The hashing rules of the commitments (section 4.3). One hash object is used for all: making one for each of ten thousand nodes would cost
/// more than the hashing.
/// </summary>
internal sealed class MerkleHasher : IDisposable
{
    public const int DigestBytes = 32;

    /// <summary>Trees send the layer of at most 2^5 nodes.</summary>
    public const int MaxLogCap = 5;

    private const ulong LeafDomain = 0x6C6F6F6D00, NodeDomain = 0x6C6F6F6D01;
    private const int NodeBytes = 8 + (2 * DigestBytes);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block;

    /// <param name="rowBytes">Bytes of the longest row of a class.</param>
    public MerkleHasher(int rowBytes) => _block = new byte[Math.Max(NodeBytes, 8 + DigestBytes + rowBytes)];

    /// <summary>Hashes the rows of one height class, after the digest of the class before, if there is one.</summary>
    /// <param name="rows">The rows of the class's tables, by id.</param>
    /// <param name="digest">In: the digest of the class before. Out: this one's.</param>
    /// <param name="first">There is no class before.</param>
    public void HashClass(ReadOnlySpan<byte> rows, Span<byte> digest, bool first)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_block, LeafDomain);
        var start = 8;
        if (!first)
        {
            digest.CopyTo(_block.AsSpan(start));
            start += DigestBytes;
        }

        rows.CopyTo(_block.AsSpan(start));
        Hash(start + rows.Length, digest);
    }

    /// <summary>The node above two nodes.</summary>
    public void HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_block, NodeDomain);
        left.CopyTo(_block.AsSpan(8));
        right.CopyTo(_block.AsSpan(8 + DigestBytes));
        Hash(NodeBytes, node);
    }

    /// <summary>Whether a leaf's digest and its path, bottom up, lead to a node of the cap.</summary>
    public bool Leads(Span<byte> digest, ReadOnlySpan<byte> path, uint leaf, ReadOnlySpan<byte> cap)
    {
        for (; !path.IsEmpty; path = path[DigestBytes..], leaf >>= 1)
        {
            var sibling = path[..DigestBytes];
            if ((leaf & 1) == 0)
            {
                HashNode(digest, sibling, digest);
            }
            else
            {
                HashNode(sibling, digest, digest);
            }
        }

        return cap.Slice((int)leaf * DigestBytes, DigestBytes).SequenceEqual(digest);
    }

    public void Dispose() => _hash.Dispose();

    private void Hash(int length, Span<byte> digest)
    {
        _hash.AppendData(_block.AsSpan(0, length));
        _hash.GetHashAndReset(digest);
    }
}
