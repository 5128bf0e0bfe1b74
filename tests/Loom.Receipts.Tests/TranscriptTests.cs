using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

public sealed class TranscriptTests
{
    [Fact]
    public void The_first_state_is_that_of_appendix_A()
    {
        using var transcript = new Transcript();

        Assert.Equal("e05f9e343e97a71b0bee48fe82d2cedc38c6b2158bf3aaea9857501b6c510b99", Convert.ToHexStringLower(transcript.State));
    }

    [Fact]
    public void Absorbing_hashes_state_label_length_and_bytes()
    {
        using var transcript = new Transcript();
        byte[] before = [.. transcript.State];

        transcript.Absorb(0x80, [1, 2], [3], [4, 5]);

        Assert.Equal(Hash("loom/fs/abs", before, [0x80, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5]), transcript.State.ToArray());
    }

    [Fact]
    public void A_challenge_is_the_first_accepted_words_and_moves_the_state_on()
    {
        using var transcript = new Transcript();
        byte[] before = [.. transcript.State];

        var challenge = transcript.Challenge();

        var words = Enumerable.Range(0, 2).SelectMany(i => Words(before, i)).Where(w => w < Goldilocks.Modulus).Take(3).ToArray();
        Assert.Equal(new F3(words[0], words[1], words[2]), challenge);
        Assert.Equal(Hash("loom/fs/adv", before), transcript.State.ToArray());
    }

    [Fact]
    public void Query_words_run_on_from_block_to_block()
    {
        using var transcript = new Transcript();
        byte[] state = [.. transcript.State];
        var words = transcript.Squeeze();
        var got = new ulong[10];
        for (var i = 0; i < got.Length; i++)
        {
            got[i] = words.Next();
        }

        Assert.Equal(Enumerable.Range(0, 3).SelectMany(i => Words(state, i)).Take(10), got);
    }

    [Fact]
    public void Grinding_counts_leading_zero_bits()
    {
        using var transcript = new Transcript();
        byte[] state = [.. transcript.State];
        var nonce = new byte[8];
        for (ulong n = 0; n < 2000; n++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(nonce, n);
            var hash = Hash("loom/fs/pow", state, nonce);
            var zeros = hash[0] != 0 ? BitOperations(hash[0]) : 8 + BitOperations(hash[1]);
            Assert.Equal(zeros >= 6, transcript.Grinds(nonce, 6));
            Assert.Equal(zeros >= 9, transcript.Grinds(nonce, 9));
        }
    }

    private static int BitOperations(byte value) => System.Numerics.BitOperations.LeadingZeroCount((uint)value) - 24;

    private static IEnumerable<ulong> Words(byte[] state, int block)
    {
        var hash = Hash("loom/fs/sqz", state, BitConverter.GetBytes(block));
        return Enumerable.Range(0, 4).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(8 * i)));
    }

    private static byte[] Hash(string tag, params byte[][] parts) => SHA256.HashData([.. Encoding.ASCII.GetBytes(tag), .. parts.SelectMany(p => p)]);
}
