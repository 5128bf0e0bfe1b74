using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>The preprocessed columns of the lookup table, row by row from section 3.11.</summary>
internal static class LutColumns
{
    /// <summary>The columns, made once.</summary>
    public static Goldilocks[][] Values { get; } = Make();

    /// <summary>Their polynomials.</summary>
    public static Goldilocks[][] Polynomials { get; } = [.. Values.Select(c => Ntt.Interpolate(c))];

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, Lazy<(Goldilocks[][], MatrixTree)>> Extended = [];

    /// <summary>The columns on the domain of a blowup, and the commitment to them.</summary>
    public static (Goldilocks[][] Columns, MatrixTree Tree) On(int logBlowup) =>
        Extended.GetOrAdd(logBlowup, b => new Lazy<(Goldilocks[][], MatrixTree)>(() =>
        {
            Goldilocks[][] columns = [.. Polynomials.Select(f => Ntt.Extend(f, 16 + b))];
            return (columns, new MatrixTree([columns]));
        })).Value;

    private static Goldilocks[][] Make()
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
}
