namespace Loom.Provenance.Receipts;

/// <summary>AND, OR and XOR, byte by byte (section 3.7).</summary>
internal static class BitTable
{
    private const byte And = 39, Or = 40, Xor = 41;
    private const ulong InverseOf2To24 = 0xFFFF_FEFF_0000_0101;
    private static readonly byte[] Codes = [And, Or, Xor];

    public static void Evaluate<T>(ReadOnlySpan<T> main, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        var columns = new SpanCursor<T>(main);
        var f = new FrontEnd<T>(ref columns, new Operands(Codes, Codes, Codes, Codes));
        ReadOnlySpan<T> a = [.. WithTop(columns.Take(3), f.ALo), .. WithTop(columns.Take(3), f.AHi)];
        ReadOnlySpan<T> b = [.. WithTop(columns.Take(3), f.BLo), .. WithTop(columns.Take(3), f.BHi)];
        var z = columns.Take(8);
        columns.End();

        f.Constraints(sink);
        f.Interactions(sink);
        for (var i = 0; i < 8; i++)
        {
            sink.Send(f.Real, Bus.And, a[i], b[i], z[i]);
        }

        Results(f.ALo, f.BLo, f.CLo, z[..4], f, sink);
        Results(f.AHi, f.BHi, f.CHi, z[4..], f, sink);
    }

    // B1 for one word.
    private static void Results<T>(T a, T b, T c, ReadOnlySpan<T> bytes, FrontEnd<T> f, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        var z = bytes[0] + (bytes[1] * 256) + (bytes[2] * 65536) + (bytes[3] * (1UL << 24));
        sink.Constraint(f[And] * (c - z));
        sink.Constraint(f[Or] * (c - a - b + z));
        sink.Constraint(f[Xor] * (c - a - b + (z * 2)));
    }

    // The top byte is no column: it is what the word leaves.
    private static T[] WithTop<T>(ReadOnlySpan<T> low, T word)
        where T : struct, IAlgebra<T> =>
        [low[0], low[1], low[2], (word - low[0] - (low[1] * 256) - (low[2] * 65536)) * InverseOf2To24];
}
