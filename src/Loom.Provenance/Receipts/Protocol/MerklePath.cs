using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Loom.Provenance.Receipts;

/// <summary>The hashing rules of the commitments (section 4.3).</summary>
internal static class MerklePath
{
    public const int DigestBytes = 32;

    /// <summary>Trees send the layer of at most 2^5 nodes.</summary>
    public const int MaxLogCap = 5;

    private const ulong LeafDomain = 0x6C6F6F6D00, NodeDomain = 0x6C6F6F6D01;

    /// <summary>Hashes the rows of one height class, after the digest of the class before, if there is one.</summary>
    /// <param name="rows">The rows of the class's tables, by id.</param>
    /// <param name="digest">In: the digest of the class before. Out: this one's.</param>
    /// <param name="first">There is no class before.</param>
    /// <param name="scratch">At least 40 bytes longer than the rows.</param>
    public static void HashClass(ReadOnlySpan<byte> rows, Span<byte> digest, bool first, Span<byte> scratch)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(scratch, LeafDomain);
        var start = 8;
        if (!first)
        {
            digest.CopyTo(scratch[8..]);
            start += DigestBytes;
        }

        rows.CopyTo(scratch[start..]);
        SHA256.HashData(scratch[..(start + rows.Length)], digest);
    }

    /// <summary>SHA-256 of two nodes.</summary>
    public static void HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node)
    {
        Span<byte> block = stackalloc byte[8 + (2 * DigestBytes)];
        BinaryPrimitives.WriteUInt64LittleEndian(block, NodeDomain);
        left.CopyTo(block[8..]);
        right.CopyTo(block[(8 + DigestBytes)..]);
        SHA256.HashData(block, node);
    }

    /// <summary>Whether a leaf's digest and its path, bottom up, lead to a node of the cap.</summary>
    public static bool Leads(Span<byte> digest, ReadOnlySpan<byte> path, uint leaf, ReadOnlySpan<byte> cap)
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
}
