using Loom.Core;
using Xunit;

namespace Loom.Core.Tests.Log;

public sealed class MerkleTests
{
    private const int Largest = 70;

    // The eight leaves, roots and proofs that implementations of Certificate Transparency test with.
    private static readonly string[] Leaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private const string Node01 = Size2;
    private const string Size2 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    private const string Node23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    private const string Node03 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    private const string Node47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    private const string Node67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    private const string Leaf4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";

    [Fact]
    public void Roots_are_the_reference_roots()
    {
        var tree = ReferenceTree();
        for (var size = 0; size <= 8; size++)
        {
            Assert.Equal(Roots[size], tree.Root(size).ToString());
        }
    }

    [Theory]
    [InlineData(0, 8, new[] { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", Node23, Node47 })]
    [InlineData(5, 8, new[] { Leaf4, Node67, Node03 })]
    [InlineData(2, 3, new[] { Node01 })]
    [InlineData(1, 5, new[] { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", Node23, Leaf4 })]
    public void Inclusion_proofs_are_the_reference_proofs(int index, int size, string[] proof) =>
        Assert.Equal(proof, ReferenceTree().InclusionProof(index, size).Select(d => d.ToString()));

    [Theory]
    [InlineData(1, 1, new string[0])]
    [InlineData(6, 8, new[] { "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", Node67, Node03 })]
    [InlineData(2, 5, new[] { Node23, Leaf4 })]
    public void Consistency_proofs_are_the_reference_proofs(int size1, int size2, string[] proof) =>
        Assert.Equal(proof, ReferenceTree().ConsistencyProof(size1, size2).Select(d => d.ToString()));

    [Fact]
    public void Roots_of_every_size_follow_the_recursive_definition()
    {
        var tree = Tree(300);
        for (var size = 0; size <= 300; size += size < Largest ? 1 : 23)
        {
            Assert.Equal(Definition(0, size), tree.Root(size));
        }
    }

    [Fact]
    public void Every_inclusion_proof_verifies_and_no_changed_one_does()
    {
        var tree = Tree(Largest);
        for (var size = 1; size <= Largest; size++)
        {
            var root = tree.Root(size);
            for (var index = 0; index < size; index++)
            {
                var leaf = Merkle.LeafHash(Leaf(index));
                var proof = tree.InclusionProof(index, size);
                Assert.True(Merkle.VerifyInclusion(leaf, index, size, proof, root));
                Assert.False(Merkle.VerifyInclusion(Merkle.LeafHash(Leaf(index + 1)), index, size, proof, root));
                Assert.False(Merkle.VerifyInclusion(leaf, index, size, proof, tree.Root(size - 1)));
                Assert.False(Merkle.VerifyInclusion(leaf, index == 0 ? size : index - 1, size, proof, root));
                Assert.All(Mutations(proof), bad => Assert.False(Merkle.VerifyInclusion(leaf, index, size, bad, root)));
            }
        }
    }

    [Fact]
    public void Every_consistency_proof_verifies_and_no_changed_one_does()
    {
        var tree = Tree(Largest);
        for (var size2 = 0; size2 <= Largest; size2++)
        {
            var root2 = tree.Root(size2);
            for (var size1 = 0; size1 <= size2; size1++)
            {
                var root1 = tree.Root(size1);
                var proof = tree.ConsistencyProof(size1, size2);
                Assert.True(Merkle.VerifyConsistency(size1, size2, root1, root2, proof));
                Assert.False(Merkle.VerifyConsistency(size1, size2, Leaf(999), root2, proof));
                Assert.All(Mutations(proof), bad => Assert.False(Merkle.VerifyConsistency(size1, size2, root1, root2, bad)));
                if (size1 > 0)
                {
                    Assert.False(Merkle.VerifyConsistency(size1, size2, root1, Leaf(999), proof));
                }

                if (size1 < size2)
                {
                    Assert.False(Merkle.VerifyConsistency(size2, size1, root2, root1, proof));
                }
            }
        }
    }

    [Fact]
    public void Sizes_and_indices_outside_the_tree_are_refused()
    {
        var tree = Tree(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Root(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.InclusionProof(3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.ConsistencyProof(3, 2));
        Assert.False(Merkle.VerifyInclusion(Leaf(0), -1, 3, [], Leaf(0)));
        Assert.False(Merkle.VerifyInclusion(Leaf(0), 0, 0, [], Leaf(0)));
        Assert.False(Merkle.VerifyInclusion(Leaf(0), 0, long.MaxValue, Enumerable.Repeat(Leaf(1), 100).ToArray(), Leaf(0)));
        Assert.False(Merkle.VerifyConsistency(-1, 3, Leaf(0), Leaf(0), []));
        Assert.False(Merkle.VerifyConsistency(3, long.MaxValue, Leaf(0), Leaf(0), []));
    }

    private static IEnumerable<IReadOnlyList<Digest>> Mutations(IReadOnlyList<Digest> proof)
    {
        yield return [.. proof, Leaf(7)];
        for (var i = 0; i < proof.Count; i++)
        {
            var flipped = proof.ToArray();
            var bytes = flipped[i].ToArray();
            bytes[i % 32] ^= 1;
            flipped[i] = new Digest(bytes);
            yield return flipped;
            yield return [.. proof.Where((_, at) => at != i)];
        }
    }

    private static MerkleTree ReferenceTree()
    {
        var tree = new MerkleTree();
        foreach (var leaf in Leaves)
        {
            tree.AppendLeafHash(Merkle.LeafHash(Convert.FromHexString(leaf)));
        }

        return tree;
    }

    private static MerkleTree Tree(int size)
    {
        var tree = new MerkleTree();
        for (var i = 0; i < size; i++)
        {
            tree.Append(Leaf(i));
        }

        return tree;
    }

    private static Digest Leaf(int i) => Digest.Of(BitConverter.GetBytes(i));

    private static Digest Definition(int low, int high)
    {
        if (high - low <= 1)
        {
            return high == low ? Merkle.EmptyRoot : Merkle.LeafHash(Leaf(low));
        }

        var k = 1;
        while (2 * k < high - low)
        {
            k *= 2;
        }

        return Merkle.NodeHash(Definition(low, low + k), Definition(low + k, high));
    }
}
