namespace Loom.Provenance.Receipts;

/// <summary>Tables that are no chips: where memory begins and ends, the input tape, the program and the lookups (sections 3.8 to 3.11).</summary>
internal static class BoundaryTables
{
    private const ulong W = 1UL << 32;

    /// <summary>The key after every address of every space: where the sorted keys end.</summary>
    public const ulong EndKey = 4 * W;

    public static void EvaluateMemB<T>(ReadOnlySpan<T> main, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        var columns = new SpanCursor<T>(main);
        var (rm, re, sp, addr) = (columns.Next(), columns.Next(), columns.Next(), columns.Next());
        var (al, pk, lo, hi, t) = (columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next());
        var (d0, d1, key) = (columns.Next(), columns.Next(), columns.Next());
        columns.End();
        var (zero, one) = (T.Of(0), T.Of(1));
        var real = rm + re;

        sink.Boolean(rm);
        sink.Boolean(re);
        sink.Boolean(real);
        sink.Constraint(key - addr - (sp * W));
        sink.Constraint(re * (key - T.Of(EndKey)));
        sink.Range32(real, addr, al);
        sink.Send(real, Bus.R16, sp);
        sink.Receive(real, Bus.Order, pk);
        sink.Send(real, Bus.Order, key);
        sink.Send(real, Bus.R16, d0);
        sink.Send(real, Bus.R16, d1);
        sink.Send(real, Bus.R16, ConstraintSink<T>.Upper(ConstraintSink<T>.Upper(key - pk - one, d0), d1));
        sink.Send(rm, Bus.Mem, sp, addr, zero, zero, zero);
        sink.Receive(rm, Bus.Mem, sp, addr, lo, hi, t);
    }

    public static void EvaluateInTab<T>(ReadOnlySpan<T> main, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        var columns = new SpanCursor<T>(main);
        var (real, idx, lo, hi, m) = (columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next());
        columns.End();
        sink.Boolean(real);
        sink.Constraint((T.Of(1) - real) * m);
        sink.Receive(real, Bus.PublicInput, idx, lo, hi);
        sink.Receive(m, Bus.Inp, idx, lo, hi);
    }

    public static void EvaluateRom<T>(ReadOnlySpan<T> main, ReadOnlySpan<T> preprocessed, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T> => sink.Receive(main[0], Bus.Rom, preprocessed[..7]);

    public static void EvaluateLut<T>(ReadOnlySpan<T> main, ReadOnlySpan<T> preprocessed, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        var (x, sign, bx, by, and) = (preprocessed[0], preprocessed[1], preprocessed[2], preprocessed[3], preprocessed[4]);
        sink.Receive(main[0], Bus.R16, x);
        sink.Receive(main[1], Bus.Sign, x, sign);
        sink.Receive(main[2], Bus.And, bx, by, and);
        sink.Receive(main[3], Bus.Pair, bx, by);
        sink.Receive(main[4], Bus.Pow, preprocessed[5..10]);
    }
}
