using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Loom.Provenance.Receipts;

/// <summary>The Fiat-Shamir transcript (section 4.4): a 32-byte state that everything is hashed into before a challenge is drawn from it.</summary>
internal sealed class Transcript : IDisposable
{
    private readonly byte[] _state = new byte[32];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public Transcript() => SHA256.HashData("loom/stark/v1"u8, _state);

    public Transcript(ReadOnlySpan<byte> state) => state.CopyTo(_state);

    public ReadOnlySpan<byte> State => _state;

    /// <summary>Absorbs a concatenation of parts under a label.</summary>
    public void Absorb(uint label, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(header, label);
        BinaryPrimitives.WriteUInt64LittleEndian(header[4..], (ulong)first.Length + (ulong)second.Length + (ulong)third.Length);
        _hash.AppendData("loom/fs/abs"u8);
        _hash.AppendData(_state);
        _hash.AppendData(header);
        _hash.AppendData(first);
        _hash.AppendData(second);
        _hash.AppendData(third);
        _hash.GetHashAndReset(_state);
    }

    /// <summary>Draws an F3 element and goes on to a new state.</summary>
    public F3 Challenge()
    {
        var words = new Words(_state);
        var challenge = new F3(Element(ref words), Element(ref words), Element(ref words));
        Advance();
        return challenge;
    }

    /// <summary>The stream of words at this state; query positions are taken from it.</summary>
    public Words Squeeze() => new(_state);

    /// <summary>Whether the nonce's hash begins with this many zero bits.</summary>
    public bool Grinds(ReadOnlySpan<byte> nonce, int bits)
    {
        Span<byte> block = stackalloc byte[11 + 32 + 8], hash = stackalloc byte[32];
        "loom/fs/pow"u8.CopyTo(block);
        _state.CopyTo(block[11..]);
        nonce.CopyTo(block[43..]);
        SHA256.HashData(block, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) >> (64 - bits) == 0;
    }

    public void Dispose() => _hash.Dispose();

    private static ulong Element(ref Words words)
    {
        while (true)
        {
            if (words.Next() is < Goldilocks.Modulus and var word)
            {
                return word;
            }
        }
    }

    private void Advance()
    {
        Span<byte> block = stackalloc byte[11 + 32];
        "loom/fs/adv"u8.CopyTo(block);
        _state.CopyTo(block[11..]);
        SHA256.HashData(block, _state);
    }

    /// <summary>Little-endian words of the blocks SHA-256("loom/fs/sqz" | state | i), i = 0, 1, ..</summary>
    public ref struct Words
    {
        private readonly ReadOnlySpan<byte> _state;
        private Block _block;
        private uint _blocks;
        private int _used = 4;

        public Words(ReadOnlySpan<byte> state) => _state = state;

        public ulong Next()
        {
            if (_used == 4)
            {
                Refill();
            }

            return _block[_used++];
        }

        private void Refill()
        {
            Span<byte> input = stackalloc byte[11 + 32 + 4], hash = stackalloc byte[32];
            "loom/fs/sqz"u8.CopyTo(input);
            _state.CopyTo(input[11..]);
            BinaryPrimitives.WriteUInt32LittleEndian(input[43..], _blocks++);
            SHA256.HashData(input, hash);
            for (var i = 0; i < 4; i++)
            {
                _block[i] = BinaryPrimitives.ReadUInt64LittleEndian(hash[(8 * i)..]);
            }

            _used = 0;
        }

        [System.Runtime.CompilerServices.InlineArray(4)]
        private struct Block
        {
            private ulong _first;
        }
    }
}
