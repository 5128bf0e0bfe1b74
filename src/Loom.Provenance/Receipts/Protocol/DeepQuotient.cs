namespace Loom.Provenance.Receipts;

/// <summary>
/// G(x) = sum of delta^i (F_i(x) - v_i) / (x - z_i) from one query's rows (section 4.5). The sums over v_i are made once, and the powers of
/// delta are laid out in the order of the rows: by height first, then by table, while the opened values are by table only.
/// </summary>
internal sealed class DeepQuotient
{
    private readonly F3[] _preprocessed, _mainAtZeta, _mainAtZeta0, _aux, _quotient;
    private readonly (int Column, int Coefficient)[] _accumulators;
    private readonly F3[] _next;
    private readonly F3 _zeta, _nextZeta, _zeta0;
    private readonly F3 _valueAtZeta, _valueAtNext, _valueAtZeta0;

    public DeepQuotient(in SegmentProof proof, ReadOnlySpan<F3> opened, F3 zeta, F3 zeta0, F3 delta)
    {
        var shape = proof.Shape;
        (_zeta, _zeta0, _nextZeta) = (zeta, zeta0, zeta * Domains.Root(shape.LogHeight));
        var (pre, main, aux, next) = (shape.PreprocessedColumns, shape.MainColumns, shape.AuxColumns, 3 * shape.Tables.Count);

        var powers = new F3[opened.Length + main];
        powers[0] = F3.One;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * delta;
        }

        var weights = powers.AsSpan();
        _preprocessed = weights[..pre].ToArray();
        _next = weights.Slice(pre + main + aux, next).ToArray();
        _quotient = weights[(pre + main + aux + next)..opened.Length].ToArray();
        _mainAtZeta = ByHeight(shape, weights.Slice(pre, main), t => t.MainColumns);
        _mainAtZeta0 = ByHeight(shape, weights[opened.Length..], t => t.MainColumns);
        _aux = ByHeight(shape, weights.Slice(pre + main, aux), t => t.AuxBaseColumns);
        _accumulators = Accumulators(shape);

        for (var i = 0; i < opened.Length; i++)
        {
            var term = weights[i] * opened[i];
            if (i >= pre + main + aux && i < pre + main + aux + next)
            {
                _valueAtNext += term;
            }
            else
            {
                _valueAtZeta += term;
            }
        }

        for (var i = 0; i < main; i++)
        {
            _valueAtZeta0 += weights[opened.Length + i] * F3.Read(proof.Binding[(F3.Bytes * i)..]);
        }
    }

    /// <summary>G at a point of the domain; the rows are those opened there, empty for a table that the segment has not.</summary>
    public F3 At(Goldilocks x, ReadOnlySpan<byte> rom, ReadOnlySpan<byte> lut, ReadOnlySpan<byte> main, ReadOnlySpan<byte> aux, ReadOnlySpan<byte> quotient)
    {
        var atZeta = DotProduct.Of(rom, _preprocessed.AsSpan(0, rom.Length / 8))
            + DotProduct.Of(lut, _preprocessed.AsSpan(rom.Length / 8))
            + DotProduct.Of(main, _mainAtZeta)
            + DotProduct.Of(aux, _aux)
            + DotProduct.Of(quotient, _quotient);
        var atNext = F3.Zero;
        foreach (var (column, coefficient) in _accumulators)
        {
            atNext += DotProduct.Of(aux[(8 * column)..], _next.AsSpan(coefficient, 3));
        }

        var atZeta0 = DotProduct.Of(main, _mainAtZeta0);
        var point = F3.Of(x);
        var (a, b, c) = (point - _zeta, point - _nextZeta, point - _zeta0);

        // The points are outside the domain, so that no denominator is zero. One inversion for the three.
        var (ab, bc, ac) = (a * b, b * c, a * c);
        var inverse = (ab * c).Inverse();
        return inverse * (((atZeta - _valueAtZeta) * bc) + ((atNext - _valueAtNext) * ac) + ((atZeta0 - _valueAtZeta0) * ab));
    }

    // Tables in the order of a row: classes of height ascending, inside a class by id.
    private static IEnumerable<(int Index, PresentTable Table)> RowOrder(SegmentShape shape) =>
        shape.Tables.Select((table, index) => (index, table)).OrderBy(t => t.table.LogHeight).ThenBy(t => t.table.Shape.Id);

    private static F3[] ByHeight(SegmentShape shape, ReadOnlySpan<F3> byId, Func<TableShape, int> columns)
    {
        var starts = new int[shape.Tables.Count];
        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + columns(shape.Tables[i - 1].Shape);
        }

        var ordered = new F3[byId.Length];
        var at = 0;
        foreach (var (index, table) in RowOrder(shape))
        {
            var count = columns(table.Shape);
            byId.Slice(starts[index], count).CopyTo(ordered.AsSpan(at));
            at += count;
        }

        return ordered;
    }

    // Where in an aux row each table's accumulator begins, and the first of its three coefficients.
    private static (int Column, int Coefficient)[] Accumulators(SegmentShape shape)
    {
        var places = new List<(int, int)>();
        var end = 0;
        foreach (var (index, table) in RowOrder(shape))
        {
            end += table.Shape.AuxBaseColumns;
            places.Add((end - 3, 3 * index));
        }

        return [.. places];
    }
}
