using System.Buffers.Binary;
using System.Security.Cryptography;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>A commitment to matrices of different heights (section 4.3), with all layers kept.</summary>
internal sealed class MatrixTree
{
    private readonly List<(int Log, Goldilocks[][] Columns)> _classes;
    private readonly List<byte[]> _layers = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Columns are bit-reversed; matrices by table id.</summary>
    public MatrixTree(IEnumerable<Goldilocks[][]> matrices)
    {
        _classes = [.. matrices.GroupBy(m => m[0].Length).OrderBy(g => g.Key)
            .Select(g => (System.Numerics.BitOperations.Log2((uint)g.Key), g.SelectMany(m => m).ToArray()))];
        var digests = Array.Empty<byte>();
        var previous = 0;
        foreach (var (log, columns) in _classes)
        {
            var start = digests.Length == 0 ? 8 : 40;
            var next = new byte[32 << log];
            var block = new byte[start + (8 * columns.Length)];
            BinaryPrimitives.WriteUInt64LittleEndian(block, 0x6C6F6F6D00);
            for (var j = 0; j < 1 << log; j++)
            {
                if (start == 40)
                {
                    digests.AsSpan(32 * (j >> (log - previous)), 32).CopyTo(block.AsSpan(8));
                }

                for (var c = 0; c < columns.Length; c++)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(start + (8 * c)), columns[c][j].Value);
                }

                Hash(block, next.AsSpan(32 * j));
            }

            (digests, previous) = (next, log);
        }

        _layers.Add(digests);
        var node = new byte[72];
        BinaryPrimitives.WriteUInt64LittleEndian(node, 0x6C6F6F6D01);
        while (_layers[^1].Length > 32 << Math.Min(5, previous))
        {
            var below = _layers[^1];
            var above = new byte[below.Length / 2];
            for (var j = 0; j < above.Length / 32; j++)
            {
                below.AsSpan(64 * j, 64).CopyTo(node.AsSpan(8));
                Hash(node, above.AsSpan(32 * j));
            }

            _layers.Add(above);
        }

        LogLeaves = previous;
        _hash.Dispose();
    }

    public int LogLeaves { get; }

    public byte[] Cap => _layers[^1];

    /// <summary>Rows and path of a leaf.</summary>
    public void Open(uint leaf, List<byte> output)
    {
        foreach (var (log, columns) in _classes)
        {
            foreach (var column in columns)
            {
                output.AddRange(BitConverter.GetBytes(column[leaf >> (LogLeaves - log)].Value));
            }
        }

        for (var i = 0; i < _layers.Count - 1; i++)
        {
            output.AddRange(_layers[i].AsSpan(32 * (int)((leaf >> i) ^ 1), 32));
        }
    }

    private void Hash(byte[] block, Span<byte> digest)
    {
        _hash.AppendData(block);
        _hash.GetHashAndReset(digest);
    }
}
