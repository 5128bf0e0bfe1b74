namespace Loom.Provenance.Receipts;

/// <summary>Loads and stores: MEM inside one 8-byte cell (section 3.6), MEMX across two (section 3.12).</summary>
internal static class MemoryTables
{
    private const byte L8U = 26, L16U = 27, L32U = 28, L64 = 29, L8S32 = 30, L8S64 = 31, L16S32 = 32, L16S64 = 33, L32S64 = 34;
    private const byte S8 = 35, S16 = 36, S32 = 37, S64 = 38;
    private const ulong W = 1UL << 32;
    private static readonly byte[] All = [L8U, L16U, L32U, L64, L8S32, L8S64, L16S32, L16S64, L32S64, S8, S16, S32, S64];
    private static readonly byte[] Crossing = [L16U, L32U, L64, L16S32, L16S64, L32S64, S16, S32, S64];

    public static void EvaluateMem<T>(ReadOnlySpan<T> main, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T> => Evaluate(main, crossing: false, sink);

    public static void EvaluateMemX<T>(ReadOnlySpan<T> main, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T> => Evaluate(main, crossing: true, sink);

    private static void Evaluate<T>(ReadOnlySpan<T> main, bool crossing, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        var (zero, one) = (T.Of(0), T.Of(1));
        var columns = new SpanCursor<T>(main);
        var codes = crossing ? Crossing : All;
        var g = new FrontEnd<T>(ref columns, new Operands(codes, codes, [], codes));
        var firstOffset = crossing ? 1 : 0; // a crossing access never begins at a cell's first byte: there is no o0
        ReadOnlySpan<T> o = crossing ? [zero, .. columns.Take(7)] : columns.Take(8);
        var v = columns.Take(crossing ? 16 : 8);
        var x = columns.Take(8);
        var (cell, cl, sl) = (columns.Next(), columns.Next(), columns.Next());
        var written = columns.Take(crossing ? 4 : 2);
        var (mPt, mDl) = (columns.Next(), columns.Next());
        var (m2Pt, m2Dl) = crossing ? (columns.Next(), columns.Next()) : (zero, zero);
        var (tb, sg) = (columns.Next(), columns.Next());
        columns.End();

        var st = g.Any(S8, S16, S32, S64);
        var ld = g.Real - st;
        var s2 = g.Any(L16U, L16S32, L16S64, S16);
        var s4 = g.Any(L32U, L32S64, S32);
        var s8 = g.Any(L64, S64);
        var s1 = g.Any(L8U, L8S32, L8S64, S8);
        var size = s1 + (s2 * 2) + (s4 * 4) + (s8 * 8);
        var ea = g.ALo + g.Il;
        T[] loadsLonger = new T[8], storesLonger = new T[8]; // by j: flags of operations of more than j bytes
        (loadsLonger[0], storesLonger[0]) = (ld, st);
        for (var j = 1; j < 8; j++)
        {
            loadsLonger[j] = j < 2 ? g.Any(L16U, L32U, L64, L16S32, L16S64, L32S64) : j < 4 ? g.Any(L32U, L64, L32S64) : g[L64];
            storesLonger[j] = j < 2 ? g.Any(S16, S32, S64) : j < 4 ? g.Any(S32, S64) : g[S64];
        }

        g.Constraints(sink);
        g.Interactions(sink);

        // M1, M2: the address is 8 cell + offset.
        var (offset, offsets) = (zero, zero);
        for (var i = firstOffset; i < 8; i++)
        {
            sink.Boolean(o[i]);
            offset += o[i] * (ulong)i;
            offsets += o[i];
        }

        sink.Constraint(offsets - g.Real);
        sink.Constraint(g.Real * (ea - (cell * 8) - offset));
        sink.Range32(g.Real, cell, cl);

        // M3 or X3: the access ends in this cell, or it does not.
        if (crossing)
        {
            sink.Constraint(s2 * (one - o[7]));
            sink.Constraint(s4 * (one - o[5] - o[6] - o[7]));
        }
        else
        {
            sink.Constraint(s2 * o[7]);
            sink.Constraint(s4 * (o[5] + o[6] + o[7]));
            sink.Constraint(s8 * (g.Real - o[0]));
        }

        // M4, M5: inside memory; bytes are bytes.
        sink.Range32(g.Real, (g.Msz * 65536) - ea - size, sl);
        Pairs(sink, g.Real, v);
        Pairs(sink, g.Real, x);

        // M6 or X6: a load takes its bytes from the cell, and nothing above.
        for (var j = 0; j < 8; j++)
        {
            var taken = zero;
            for (var i = firstOffset; i < 8 && i + j < v.Length; i++)
            {
                taken += o[i] * v[i + j];
            }

            sink.Constraint(loadsLonger[j] * (x[j] - taken));
            sink.Constraint((ld - loadsLonger[j]) * x[j]);
        }

        // M7 or X7: a store changes exactly its bytes.
        for (var u = 0; u < written.Length; u++)
        {
            var changed = zero;
            for (var i = firstOffset; i < 8; i++)
            {
                for (var j = Math.Max(0, (4 * u) - i); j < 8 && i + j < (4 * u) + 4; j++)
                {
                    changed += o[i] * storesLonger[j] * (x[j] - v[i + j]) * (1UL << (8 * (i + j - (4 * u))));
                }
            }

            sink.Constraint(written[u] - Word(v[(4 * u)..]) - changed);
        }

        // M8: a store's value is slot C, which it leaves as it was.
        var (xLow, xHigh) = (Word(x), Word(x[4..]));
        sink.Constraint(st * (g.CLo - xLow));
        sink.Constraint(st * (g.CHi - xHigh));
        sink.Constraint(st * (g.CLo - g.QLo));
        sink.Constraint(st * (g.CHi - g.QHi));

        // M9, M10: the sign of a load that extends it, and the loaded value.
        var signed = g.Any(L8S32, L8S64, L16S32, L16S64, L32S64);
        if (!crossing)
        {
            sink.Constraint(g.Any(L8S32, L8S64) * (tb - x[0]));
        }

        sink.Constraint(g.Any(L16S32, L16S64) * (tb - x[1]));
        sink.Constraint(g[L32S64] * (tb - x[3]));
        sink.Send(signed, Bus.And, tb, T.Of(128), sg * 128);
        sink.Boolean(sg);
        sink.Constraint(sg * (one - signed));
        sink.Constraint((ld * g.CLo) - (ld * xLow) - (sg * ((g.Any(L8S32, L8S64) * (W - 256)) + (g.Any(L16S32, L16S64) * (W - 65536)))));
        sink.Constraint((ld * g.CHi) - (ld * xHigh) - (sg * g.Any(L8S64, L16S64, L32S64) * (W - 1)));

        Access(sink, g.Real, g.Ts, cell, v, written, mPt, mDl);
        if (crossing)
        {
            Access(sink, g.Real, g.Ts, cell + one, v[8..], written[2..], m2Pt, m2Dl);
        }
    }

    // The cell is read and written at ts + 2.
    private static void Access<T>(ConstraintSink<T> sink, T real, T ts, T cell, ReadOnlySpan<T> old, ReadOnlySpan<T> written, T pt, T dl)
        where T : struct, IAlgebra<T>
    {
        sink.Receive(real, Bus.Mem, T.Of(3), cell, Word(old), Word(old[4..]), pt);
        sink.Send(real, Bus.Mem, T.Of(3), cell, written[0], written[1], ts + T.Of(2));
        sink.Range32(real, ts + T.Of(1) - pt, dl);
    }

    private static void Pairs<T>(ConstraintSink<T> sink, T real, ReadOnlySpan<T> bytes)
        where T : struct, IAlgebra<T>
    {
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sink.Send(real, Bus.Pair, bytes[i], bytes[i + 1]);
        }
    }

    // The word of the first four bytes.
    private static T Word<T>(ReadOnlySpan<T> bytes)
        where T : struct, IAlgebra<T> => bytes[0] + (bytes[1] * 256) + (bytes[2] * 65536) + (bytes[3] * (1UL << 24));

    /// <summary>MTRAP: an access out of bounds, which goes to the trap vector (section 3.13).</summary>
    public static void EvaluateMTrap<T>(ReadOnlySpan<T> main, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        var columns = new SpanCursor<T>(main);
        var g = new FrontEnd<T>(ref columns, new Operands(All, All, [], []));
        var (e0, e1) = (columns.Next(), columns.Next());
        columns.End();

        var size = g.Any(L8U, L8S32, L8S64, S8)
            + (g.Any(L16U, L16S32, L16S64, S16) * 2)
            + (g.Any(L32U, L32S64, S32) * 4)
            + (g.Any(L64, S64) * 8);
        var beyond = g.ALo + g.Il + size - T.Of(1) - (g.Msz * 65536);

        g.Constraints(sink);
        var a = new Slot<T>(T.Of(1), g.Fp + g.Oa);
        g.Interactions(sink, g.Code, a, a, new NextState<T>(T.Of(1), g.Fp, g.Msz, T.Of(0)));
        sink.Send(g.Real, Bus.R16, e0);
        sink.Send(g.Real, Bus.R16, e1);
        sink.Send(g.Real, Bus.R16, ConstraintSink<T>.Upper(ConstraintSink<T>.Upper(beyond, e0), e1));
    }
}
