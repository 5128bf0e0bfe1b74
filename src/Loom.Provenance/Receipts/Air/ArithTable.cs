namespace Loom.Provenance.Receipts;

/// <summary>Products, quotients, remainders, shifts and rotations (section 3.7).</summary>
internal static class ArithTable
{
    private const byte Mul32 = 42, Mul64 = 43, Div = 44, Rem = 45;
    private const byte Shl32 = 46, Shl64 = 47, Shru32 = 48, Shru64 = 49, Shrs32 = 50, Shrs64 = 51, Rotl32 = 52, Rotl64 = 53;
    private const ulong W = 1UL << 32;
    private static readonly byte[] Codes = [.. Enumerable.Range(Mul32, 12).Select(i => (byte)i)];

    public static void Evaluate<T>(ReadOnlySpan<T> main, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        var columns = new SpanCursor<T>(main);
        var f = new FrontEnd<T>(ref columns, new Operands(Codes, Codes, Codes, Codes));
        var x = columns.Take(9);
        var y = columns.Take(9);
        var (i1, i3, i5) = (columns.Next(), columns.Next(), columns.Next());
        var (t, k0, k1) = (columns.Next(), columns.Next(), columns.Next());
        var (k, zk, pl, pr, mk, kb, p) = (columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next());
        var (u0, u1) = (columns.Next(), columns.Next());
        var (top, topHigh, s, fm) = (columns.Next(), columns.Next(), columns.Next(), columns.Next());
        columns.End();

        var one = T.Of(1);
        var mu = f.Any(Mul32, Mul64);
        var d = f.Any(Div, Rem);
        var left = f.Any(Shl32, Shl64, Rotl32, Rotl64);
        var right = f.Any(Shru32, Shru64, Shrs32, Shrs64);
        var sh = left + right;
        var srs = f.Any(Shrs32, Shrs64);

        f.Constraints(sink);
        f.Interactions(sink);
        for (var i = 0; i < 9; i++)
        {
            sink.Range32(f.Real, x[i], y[i]);
        }

        // A1 to A3: products as pairs of words; the inverses exclude the second split, which has the high word W - 1.
        sink.Constraint(mu * ((f.ALo * f.BLo) - x[0] - (x[1] * W)));
        sink.Constraint(d * ((x[2] * f.BLo) - x[0] - (x[1] * W)));
        sink.Constraint(sh * ((f.ALo * p) - x[0] - (x[1] * W)));
        sink.Constraint(f[Mul64] * ((f.ALo * f.BHi) - x[2] - (x[3] * W)));
        sink.Constraint(f[Mul64] * ((f.AHi * f.BLo) - x[4] - (x[5] * W)));
        sink.Constraint(sh * ((f.AHi * p) - x[2] - (x[3] * W)));
        var largest = T.Of(W - 1);
        sink.Constraint(f.Real * (((x[1] - largest) * i1) - one));
        sink.Constraint((f[Mul64] + sh) * (((x[3] - largest) * i3) - one));
        sink.Constraint(f[Mul64] * (((x[5] - largest) * i5) - one));

        // A4: multiplication.
        sink.Constraint(mu * (f.CLo - x[0]));
        sink.Constraint(f[Mul32] * f.CHi);
        sink.Constraint(f[Mul64] * (f.CHi - x[6]));
        sink.Constraint(f[Mul64] * (x[1] + x[2] + x[4] - x[6] - (t * W)));
        sink.Constraint(t * (t - one) * (t - T.Of(2)));

        // A5 to A8: quotient (X2, X3), remainder (X4, X5), and b - 1 - r = (X7, X8), which makes r < b.
        sink.Constraint(d * x[3] * f.BHi);
        sink.Constraint(d * (x[6] - (x[2] * f.BHi) - (x[3] * f.BLo)));
        sink.Constraint(d * (x[0] + x[4] - f.ALo - (k0 * W)));
        sink.Constraint(d * (x[1] + x[6] + x[5] + k0 - f.AHi));
        sink.Boolean(k0);
        sink.Constraint(d * (x[7] + x[4] + one - f.BLo - (k1 * W)));
        sink.Constraint(d * (x[8] + x[5] + k1 - f.BHi));
        sink.Boolean(k1);
        sink.Constraint(f[Div] * (f.CLo - x[2]));
        sink.Constraint(f[Div] * (f.CHi - x[3]));
        sink.Constraint(f[Rem] * (f.CLo - x[4]));
        sink.Constraint(f[Rem] * (f.CHi - x[5]));

        // A9 to A11: the amount is k + 32 kb (+ 64 X6); P is the power of two that moves the bits.
        sink.Constraint(sh * (f.BLo - k - (kb * 32) - (x[6] * 64)));
        sink.Boolean(kb);
        sink.Send(sh, Bus.Pow, k, zk, pl, pr, mk);
        sink.Constraint(left * (p - pl));
        sink.Constraint(right * (p - pr));
        sink.Constraint(f.Any(Shl32, Shl64) * (u0 - x[0]));
        sink.Constraint(f[Rotl64] * (u0 - x[0] - x[3]));
        sink.Constraint(f[Rotl32] * (u0 - x[0] - x[1]));
        sink.Constraint(f.Any(Shl64, Rotl64) * (u1 - x[1] - x[2]));
        sink.Constraint(right * (u0 - (zk * x[0]) - ((one - zk) * (x[1] + x[2]))));
        sink.Constraint(right * (u1 - (zk * x[2]) - ((one - zk) * x[3])));

        // A12: the sign of an arithmetic right shift, and the bits that it fills in.
        sink.Constraint(f[Shrs32] * (top - f.ALo));
        sink.Constraint(f[Shrs64] * (top - f.AHi));
        sink.Send(srs, Bus.R16, top - (topHigh * 65536));
        sink.Send(srs, Bus.Sign, topHigh, s);
        sink.Constraint(s * (one - srs));
        sink.Constraint(fm - (s * mk));

        // A13: results of shifts; kb exchanges the words.
        sink.Constraint(f.Any(Shl32, Rotl32, Shru32) * (f.CLo - u0));
        sink.Constraint(f[Shrs32] * (f.CLo - u0 - fm));
        sink.Constraint(f.Any(Shl32, Rotl32, Shru32, Shrs32) * f.CHi);
        sink.Constraint(f[Shl64] * (f.CLo - u0 + (kb * u0)));
        sink.Constraint(f.Any(Shl64, Rotl64) * (f.CHi - u1 - (kb * (u0 - u1))));
        sink.Constraint(f.Any(Rotl64, Shru64) * (f.CLo - u0 - (kb * (u1 - u0))));
        sink.Constraint(f[Shru64] * (f.CHi - u1 + (kb * u1)));
        sink.Constraint(f[Shrs64] * (f.CLo - u0 - (kb * (u1 + fm - u0))));
        sink.Constraint(f[Shrs64] * (f.CHi - u1 - fm - (kb * ((s * (W - 1)) - u1 - fm))));
    }
}
