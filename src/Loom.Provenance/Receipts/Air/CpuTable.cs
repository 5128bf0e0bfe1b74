namespace Loom.Provenance.Receipts;

/// <summary>Control flow, additions, comparisons, globals and tapes (section 3.5).</summary>
internal static class CpuTable
{
    private const ulong W = 1UL << 32;
    private static readonly byte[] Codes = [.. Enumerable.Range(1, 25).Select(i => (byte)i)];
    private static readonly byte[] ReadA = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 24];
    private static readonly byte[] OperandB = [1, 2, 3, 4, 5, 6, 7, 8, 9, 18, 21];
    private static readonly byte[] WriteC = [1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 17, 18, 19, 20, 23, 25];

    public static void Evaluate<T>(ReadOnlySpan<T> main, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        var columns = new SpanCursor<T>(main);
        var f = new FrontEnd<T>(ref columns, new Operands(Codes, ReadA, OperandB, WriteC));
        var inv = columns.Next();
        var (adA, adC) = (columns.Next(), columns.Next());
        var (wLo, wHi, wl, wh, k0, k1) = (columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next());
        var (eu, ev, res, z, xz) = (columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next());
        var (tA, tB, hA, hB) = (columns.Next(), columns.Next(), columns.Next(), columns.Next());
        var (sA, sB, sx) = (columns.Next(), columns.Next(), columns.Next());
        var (npc, nfp, nmsz) = (columns.Next(), columns.Next(), columns.Next());
        columns.End();

        var one = T.Of(1);
        var add = f.Any(1, 2);
        var sub = f.Any(3, 4);
        var ct = f.Any(5, 6, 7);
        var cq = ct + f[8];
        var ls = f.Any(6, 7);

        f.Constraints(sink);
        f.Interactions(
            sink,
            f.Code + (f.Bi * 64) + (inv * 128),
            new Slot<T>(one + f.Any(17, 18), adA),
            new Slot<T>(one + f[19], adC),
            new NextState<T>(npc, nfp, nmsz, f[22]));

        // C1 to C3: the negation flag, and where A and C lie.
        sink.Boolean(inv);
        sink.Constraint(inv * (one - cq));
        sink.Constraint(adA - (f.Oa + f.Fp - (f.Any(17, 18) * f.Fp) + (f[18] * f.BLo)));
        sink.Constraint(adC - (f.Oc + f.Fp - (f[19] * f.Fp)));

        // C4 to C10: additions, subtractions and differences, by a checked pair of words and two carries.
        sink.Constraint(add * (f.ALo + f.BLo - wLo - (k0 * W)));
        sink.Constraint((sub + ct) * (wLo + f.BLo - f.ALo - (k0 * W)));
        sink.Constraint(f[2] * (f.AHi + f.BHi + k0 - wHi - (k1 * W)));
        sink.Constraint((f[4] + ct) * (wHi + f.BHi + k0 - f.AHi - (k1 * W)));
        sink.Constraint(f.Any(1, 3) * wHi);
        sink.Boolean(k0);
        sink.Boolean(k1);
        sink.Constraint((add + sub) * (f.CLo - wLo));
        sink.Constraint((add + sub) * (f.CHi - wHi));
        sink.Range32(add + sub + ct, wLo, wl);
        sink.Range32(add + sub + ct, wHi, wh);

        // C11 to C15: comparisons; k1 = [A <u B], and the signs correct it.
        sink.Constraint(f[6] * (tA - f.ALo));
        sink.Constraint(f[6] * (tB - f.BLo));
        sink.Constraint(f[7] * (tA - f.AHi));
        sink.Constraint(f[7] * (tB - f.BHi));
        sink.Send(ls, Bus.R16, tA - (hA * 65536));
        sink.Send(ls, Bus.Sign, hA, sA);
        sink.Send(ls, Bus.R16, tB - (hB * 65536));
        sink.Send(ls, Bus.Sign, hB, sB);
        sink.Constraint(ls * (sx - sA - sB + (sA * sB * 2)));
        sink.Constraint(f[5] * sx);
        sink.Constraint(ct * (res - k1 - sx + (k1 * sx * 2)));
        sink.Constraint(f[8] * res * (f.ALo - f.BLo));
        sink.Constraint(f[8] * res * (f.AHi - f.BHi));
        sink.Constraint(f[8] * (one - res - ((f.ALo - f.BLo) * eu) - ((f.AHi - f.BHi) * ev)));
        sink.Constraint(cq * (f.CLo - inv - res + (inv * res * 2)));
        sink.Constraint(cq * f.CHi);

        // C16 to C18: the zero test of the branches and of CMOV.
        sink.Constraint(f.Any(11, 12) * (xz - f.ALo));
        sink.Constraint(f[9] * (xz - f.BLo));
        sink.Constraint(xz * z);
        sink.Constraint(f.Any(9, 11, 12) * ((xz * eu) + z - one));
        sink.Constraint(f[9] * (f.CLo - f.ALo - (z * (f.QLo - f.ALo))));
        sink.Constraint(f[9] * (f.CHi - f.AHi - (z * (f.QHi - f.AHi))));

        // C19 to C22: the next state.
        var seq = f.Real - f.Any(10, 11, 12, 13, 14, 15, 16);
        sink.Constraint(seq * (npc - f.Pc - one));
        sink.Constraint(f.Any(10, 14) * (npc - f.Il));
        sink.Constraint(f.Any(15, 16) * (npc - f.ALo));
        sink.Constraint(f[13] * (npc - f.Il - f.ALo));
        sink.Constraint(f[11] * (npc - f.Pc - one - (z * (f.Il - f.Pc - one))));
        sink.Constraint(f[12] * (npc - f.Il - (z * (f.Pc + one - f.Il))));
        sink.Constraint(f.Any(14, 15) * (nfp - f.Fp - f.Ob));
        sink.Constraint(f[16] * (nfp - f.AHi));
        sink.Constraint((f.Real - f.Any(14, 15, 16)) * (nfp - f.Fp));
        sink.Constraint(f[24] * (nmsz - f.ALo));
        sink.Constraint((f.Real - f[24]) * (nmsz - f.Msz));

        // C23 to C25: results that are copies.
        sink.Constraint(f.Any(14, 15) * (f.CLo - f.Pc - one));
        sink.Constraint(f.Any(14, 15) * (f.CHi - f.Fp));
        sink.Constraint(f.Any(17, 18, 19) * (f.CLo - f.ALo));
        sink.Constraint(f.Any(17, 18, 19) * (f.CHi - f.AHi));
        sink.Constraint(f[23] * (f.CLo - f.Msz));
        sink.Constraint(f[23] * f.CHi);
        sink.Constraint(f[25] * (f.CLo - f.Il));
        sink.Constraint(f[25] * (f.CHi - f.Ih));
        sink.Send(f[20], Bus.Inp, f.ALo, f.CLo, f.CHi);
        sink.Send(f[21], Bus.PublicOutput, f.ALo, f.BLo, f.BHi);
        sink.Send(f[22], Bus.Halt, f.Ts);
    }
}
