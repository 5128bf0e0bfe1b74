namespace Loom.Provenance.Receipts;

/// <summary>Operand kinds of a chip's operations, as lists of codes (section 3.4).</summary>
internal readonly ref struct Operands(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> readA, ReadOnlySpan<byte> operandB, ReadOnlySpan<byte> writeC)
{
    /// <summary>The codes of the chip's flags, ascending.</summary>
    public readonly ReadOnlySpan<byte> Codes = codes;

    public readonly ReadOnlySpan<byte> ReadA = readA, OperandB = operandB, WriteC = writeC;

    /// <summary>Whether any operation of the chip has operand B; without, the columns bi, ob, ih and B's do not exist.</summary>
    public bool HasB => !OperandB.IsEmpty;

    /// <summary>Whether the columns of C exist.</summary>
    public bool HasC => !WriteC.IsEmpty;
}

/// <summary>The part that all instruction chips share: the program counter, the ROM row, and the accesses to A, B and C (section 3.4).</summary>
internal readonly ref struct FrontEnd<T>
    where T : struct, IAlgebra<T>
{
    private readonly Operands _operands;
    private readonly ReadOnlySpan<T> _flags;

    public readonly T Bi, Pc, Fp, Ts, Msz, Oa, Ob, Oc, Il, Ih;
    public readonly T ALo, AHi, APt, ADl, BLo, BHi, BPt, BDl, CLo, CHi, QLo, QHi, CPt, CDl;

    /// <summary>The sum of all flags: 1 on a real row, 0 on padding.</summary>
    public readonly T Real;

    /// <summary>The sum of code times flag.</summary>
    public readonly T Code;

    public FrontEnd(ref SpanCursor<T> columns, Operands operands)
    {
        _operands = operands;
        _flags = columns.Take(operands.Codes.Length);
        Bi = operands.HasB ? columns.Next() : T.Of(0);
        (Pc, Fp, Ts, Msz) = (columns.Next(), columns.Next(), columns.Next(), columns.Next());
        Oa = columns.Next();
        Ob = operands.HasB ? columns.Next() : T.Of(0);
        Oc = columns.Next();
        Il = columns.Next();
        Ih = operands.HasB ? columns.Next() : T.Of(0);
        (ALo, AHi, APt, ADl) = (columns.Next(), columns.Next(), columns.Next(), columns.Next());
        if (operands.HasB)
        {
            (BLo, BHi, BPt, BDl) = (columns.Next(), columns.Next(), columns.Next(), columns.Next());
        }

        if (operands.HasC)
        {
            (CLo, CHi, QLo, QHi, CPt, CDl) = (columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next(), columns.Next());
        }

        (Real, Code) = (T.Of(0), T.Of(0));
        for (var i = 0; i < _flags.Length; i++)
        {
            Real += _flags[i];
            Code += _flags[i] * (ulong)operands.Codes[i];
        }
    }

    /// <summary>The flag of a code; zero when the chip has no such operation.</summary>
    public T this[byte code] => _operands.Codes.IndexOf(code) is >= 0 and var at ? _flags[at] : T.Of(0);

    /// <summary>The sum of the flags of these codes.</summary>
    public T Any(params ReadOnlySpan<byte> codes)
    {
        var sum = T.Of(0);
        foreach (var code in codes)
        {
            sum += this[code];
        }

        return sum;
    }

    /// <summary>FE1 to FE3.</summary>
    public void Constraints(ConstraintSink<T> sink)
    {
        foreach (var flag in _flags)
        {
            sink.Boolean(flag);
        }

        sink.Boolean(Real);
        if (_operands.HasB)
        {
            sink.Boolean(Bi);
            sink.Constraint(Bi * (T.Of(1) - Any(_operands.OperandB)));
            sink.Constraint(Bi * (BLo - Il));
            sink.Constraint(Bi * (BHi - Ih));
        }
    }

    /// <summary>The interactions where A and C are frame slots and the program goes on with the next instruction.</summary>
    public void Interactions(ConstraintSink<T> sink) =>
        Interactions(sink, Code + (Bi * 64), Frame(Oa), Frame(Oc), new NextState<T>(Pc + T.Of(1), Fp, Msz, T.Of(0)));

    /// <summary>All interactions.</summary>
    /// <param name="sink">Where they go.</param>
    /// <param name="opcode">The ROM row's op.</param>
    /// <param name="a">Where A lies.</param>
    /// <param name="c">Where C lies.</param>
    /// <param name="next">The state after the instruction.</param>
    public void Interactions(ConstraintSink<T> sink, T opcode, Slot<T> a, Slot<T> c, NextState<T> next)
    {
        sink.Receive(Real, Bus.Exec, Pc, Fp, Ts, Msz);
        sink.Send(Real - next.Halts, Bus.Exec, next.Pc, next.Fp, Ts + T.Of(4), next.Msz);
        sink.Send(Real, Bus.Rom, Pc, opcode, Oa, Ob, Oc, Il, Ih);

        var ra = Any(_operands.ReadA);
        sink.Receive(ra, Bus.Mem, a.Space, a.Address, ALo, AHi, APt);
        sink.Send(ra, Bus.Mem, a.Space, a.Address, ALo, AHi, Ts);
        sink.Range32(ra, Ts - APt - T.Of(1), ADl);
        if (_operands.HasB)
        {
            var rb = Any(_operands.OperandB) - Bi;
            var b = Frame(Ob);
            sink.Receive(rb, Bus.Mem, b.Space, b.Address, BLo, BHi, BPt);
            sink.Send(rb, Bus.Mem, b.Space, b.Address, BLo, BHi, Ts + T.Of(1));
            sink.Range32(rb, Ts - BPt, BDl);
        }

        if (_operands.HasC)
        {
            var wc = Any(_operands.WriteC);
            sink.Receive(wc, Bus.Mem, c.Space, c.Address, QLo, QHi, CPt);
            sink.Send(wc, Bus.Mem, c.Space, c.Address, CLo, CHi, Ts + T.Of(3));
            sink.Range32(wc, Ts + T.Of(2) - CPt, CDl);
        }
    }

    private Slot<T> Frame(T operand) => new(T.Of(1), Fp + operand);
}

/// <summary>A place in one of the memory spaces (section 2.3): 1 frame, 2 globals and tables, 3 linear memory.</summary>
internal readonly record struct Slot<T>(T Space, T Address);

/// <summary>The state that an instruction leaves; <see cref="Halts"/> is the flag of the one that leaves none.</summary>
internal readonly record struct NextState<T>(T Pc, T Fp, T Msz, T Halts);
