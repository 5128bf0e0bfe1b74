using System.Numerics;
using System.Security.Cryptography;

namespace Loom.Core;

/// <summary>
/// The arithmetic of RFC 6962 (and RFC 9162) Merkle trees over SHA-256. Verification is bounded by the tree's height (at most 63 hashes),
/// whatever is handed in.
/// </summary>
public static class Merkle
{
    /// <summary>Root of a tree without leaves: SHA-256 of nothing.</summary>
    public static Digest EmptyRoot { get; } = Digest.Of([]);

    /// <summary>SHA-256(0x00 ‖ the 32 bytes of a link).</summary>
    public static Digest LeafHash(Digest leaf)
    {
        Span<byte> input = stackalloc byte[1 + Digest.Size];
        input[0] = 0;
        leaf.CopyTo(input[1..]);
        return Digest.Of(input);
    }

    /// <summary>SHA-256(0x00 ‖ data), for leaves of any length.</summary>
    public static Digest LeafHash(ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(data);
        Span<byte> digest = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(digest);
        return new Digest(digest);
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Digest NodeHash(Digest left, Digest right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Digest.Size)];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Digest.Size)..]);
        return Digest.Of(input);
    }

    /// <summary>Whether <paramref name="proof"/> shows the leaf at <paramref name="index"/> of the tree with this size and root (RFC 9162, 2.1.3.2).</summary>
    public static bool VerifyInclusion(Digest leafHash, long index, long size, IReadOnlyList<Digest> proof, Digest root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (fn, sn) = (index, size - 1);
        var r = leafHash;
        foreach (var p in proof)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                r = NodeHash(p, r);
                SkipRightBorder(ref fn, ref sn);
            }
            else
            {
                r = NodeHash(r, p);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && r == root;
    }

    /// <summary>
    /// Whether <paramref name="proof"/> shows that the tree of <paramref name="size2"/> leaves begins with the tree of <paramref name="size1"/>
    /// (RFC 9162, 2.1.4.2). Equal sizes and an empty first tree take an empty proof.
    /// </summary>
    public static bool VerifyConsistency(long size1, long size2, Digest root1, Digest root2, IReadOnlyList<Digest> proof)
    {
        if (size1 < 0 || size1 > size2 || (size2 == 0 && root2 != EmptyRoot))
        {
            return false;
        }

        if (size1 == size2 || size1 == 0)
        {
            return proof.Count == 0 && root1 == (size1 == 0 ? EmptyRoot : root2);
        }

        var next = 0;
        var (fn, sn) = (size1 - 1, size2 - 1);
        while ((fn & 1) == 1)
        {
            fn >>= 1;
            sn >>= 1;
        }

        // A first tree of a power of two is itself the first node of the path.
        if (!BitOperations.IsPow2(size1) && proof.Count == 0)
        {
            return false;
        }

        var fr = BitOperations.IsPow2(size1) ? root1 : proof[next++];
        var sr = fr;
        for (; next < proof.Count; next++)
        {
            if (sn == 0)
            {
                return false;
            }

            var c = proof[next];
            if ((fn & 1) == 1 || fn == sn)
            {
                fr = NodeHash(c, fr);
                sr = NodeHash(c, sr);
                SkipRightBorder(ref fn, ref sn);
            }
            else
            {
                sr = NodeHash(sr, c);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && fr == root1 && sr == root2;
    }

    // On the tree's right border a node without a sibling moves up unchanged.
    private static void SkipRightBorder(ref long fn, ref long sn)
    {
        while ((fn & 1) == 0 && fn != 0)
        {
            fn >>= 1;
            sn >>= 1;
        }
    }
}
