using Loom.Provenance.Receipts;

namespace Loom.Provenance.Tests.Receipts;

/// <summary>The preprocessed columns of the lookup table, row by row from section 3.11.</summary>
internal static class LutColumns
{
    public static Goldilocks[][] Make()
    {
        var columns = Enumerable.Range(0, 10).Select(_ => new Goldilocks[65536]).ToArray();
        for (var x = 0; x < 65536; x++)
        {
            int bx = x >> 8, by = x & 255, k = x % 32;
            ulong[] row =
            [
                (ulong)x, (ulong)(x >> 15), (ulong)bx, (ulong)by, (ulong)(bx & by),
                (ulong)k, k == 0 ? 1UL : 0, 1UL << k, 1UL << ((32 - k) % 32), k == 0 ? 0 : (1UL << 32) - (1UL << (32 - k)),
            ];
            for (var c = 0; c < row.Length; c++)
            {
                columns[c][x] = new Goldilocks(row[c]);
            }
        }

        return columns;
    }

    /// <summary>Columns extended to the domain of a parameter set and committed to.</summary>
    public static MatrixTree Commit(Goldilocks[][] columns, ParameterSet set) =>
        new([[.. columns.Select(c => Ntt.Extend(Ntt.Interpolate(c), System.Numerics.BitOperations.Log2((uint)c.Length) + set.LogBlowup))]]);
}
