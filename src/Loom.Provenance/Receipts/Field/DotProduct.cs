using System.Buffers.Binary;

namespace Loom.Provenance.Receipts;

/// <summary>Sums of base-field values, read from receipt bytes, times F3 coefficients: reduced once at the end, not at every product.</summary>
internal static class DotProduct
{
    /// <param name="row">8 bytes per coefficient, each known to be canonical.</param>
    /// <param name="coefficients">At most 2^32 of them.</param>
    public static F3 Of(ReadOnlySpan<byte> row, ReadOnlySpan<F3> coefficients)
    {
        Wide a0 = default, a1 = default, a2 = default;
        for (var i = 0; i < coefficients.Length; i++)
        {
            var value = BinaryPrimitives.ReadUInt64LittleEndian(row[(8 * i)..]);
            ref readonly var c = ref coefficients[i];
            a0.AddProduct(value, c.A0.Value);
            a1.AddProduct(value, c.A1.Value);
            a2.AddProduct(value, c.A2.Value);
        }

        return new F3(a0.Reduced(), a1.Reduced(), a2.Reduced());
    }

    /// <summary>A sum of 128-bit products in 192 bits.</summary>
    private struct Wide
    {
        private ulong _low, _middle, _high;

        public void AddProduct(ulong left, ulong right)
        {
            var high = Math.BigMul(left, right, out var low);
            _low += low;
            high += _low < low ? 1UL : 0; // a product of words is at most 2^128 - 2^65 + 1: its high word has room
            _middle += high;
            _high += _middle < high ? 1UL : 0;
        }

        // 2^128 = -2^32 mod p, and _high is the number of carries, below 2^32.
        public readonly Goldilocks Reduced() => Goldilocks.Reduce(_low, _middle) - Goldilocks.Reduce(_high << 32, 0);
    }
}
