namespace Loom.Provenance.Receipts;

/// <summary>A table that a segment has, and its height.</summary>
internal readonly record struct PresentTable(TableShape Shape, int LogHeight);

/// <summary>Everything about a segment's form that follows from its table heights and the parameter set (sections 1.5, 4.2 to 4.6).</summary>
internal sealed class SegmentShape
{
    public SegmentShape(IReadOnlyList<PresentTable> tables, ParameterSet set)
    {
        Tables = tables;
        Set = set;
        LogHeight = tables.Max(t => t.LogHeight);
        MainColumns = tables.Sum(t => t.Shape.MainColumns);
        AuxColumns = tables.Sum(t => t.Shape.AuxBaseColumns);
        PreprocessedColumns = tables.Sum(t => t.Shape.PreprocessedColumns);
        Main = TreeShape.Mixed("MAIN", tables.Select(t => (t.LogHeight, t.Shape.MainColumns)), set.LogBlowup);
        Aux = TreeShape.Mixed("AUX", tables.Select(t => (t.LogHeight, t.Shape.AuxBaseColumns)), set.LogBlowup);
        Quotient = TreeShape.Single("QUOT", LogDomain, QuotientColumns);
        foreach (var table in tables.Where(t => t.Shape.PreprocessedColumns > 0))
        {
            var tree = TreeShape.Single(table.Shape.Name, table.LogHeight + set.LogBlowup, table.Shape.PreprocessedColumns);
            (Rom, Lut) = table.Shape.Id == TableId.Rom ? (tree, Lut) : (Rom, tree);
        }

        Layers = [.. Enumerable.Range(1, (LogHeight - 3) / 3).Select(i => TreeShape.Single($"FRI layer {i - 1}", LogDomain - (3 * i), LayerElements))];
        Trees = [.. new[] { Rom, Lut, Main, Aux, Quotient }.OfType<TreeShape>(), .. Layers];
        QueryBytes = Trees.Sum(t => t.OpeningBytes);
    }

    /// <summary>Base columns of the quotient: Q0 and Q1.</summary>
    public const int QuotientColumns = 6;

    /// <summary>A FRI leaf is 8 F3 values.</summary>
    public const int LayerElements = 24;

    /// <summary>By ascending id.</summary>
    public IReadOnlyList<PresentTable> Tables { get; }

    public ParameterSet Set { get; }

    /// <summary>L: the logarithm of the largest height.</summary>
    public int LogHeight { get; }

    /// <summary>L + b.</summary>
    public int LogDomain => LogHeight + Set.LogBlowup;

    public int MainColumns { get; }

    /// <summary>Base columns.</summary>
    public int AuxColumns { get; }

    public int PreprocessedColumns { get; }

    /// <summary>Null when the segment has no such table.</summary>
    public TreeShape? Rom { get; }

    /// <summary>Null when the segment has no such table.</summary>
    public TreeShape? Lut { get; }

    public TreeShape Main { get; }

    public TreeShape Aux { get; }

    public TreeShape Quotient { get; }

    /// <summary>r = ceil((L - 5) / 3) of them.</summary>
    public IReadOnlyList<TreeShape> Layers { get; }

    /// <summary>The trees that a query opens, in the order of its bytes.</summary>
    public IReadOnlyList<TreeShape> Trees { get; }

    /// <summary>Coefficients of the last polynomial: 2^(L - 3r).</summary>
    public int FinalCoefficients => 1 << (LogHeight - (3 * Layers.Count));

    /// <summary>Values opened out of the domain: preprocessed, main and aux columns, accumulators at the next row, quotient.</summary>
    public int OpenedValues => PreprocessedColumns + MainColumns + AuxColumns + (3 * Tables.Count) + QuotientColumns;

    public int QueryBytes { get; }

    /// <summary>Bytes of the longest row of a height class that is hashed, of whichever tree: of a segment with small tables alone, a FRI leaf.</summary>
    public int LongestRowBytes => 8 * Trees.Max(t => t.Classes.Max());

    /// <summary>main_cap and U_t: the part of the proof that comes before alpha.</summary>
    public long FirstPartBytes => Main.CapBytes + ((long)F3.Bytes * MainColumns);

    /// <summary>The rest.</summary>
    public long SecondPartBytes => Aux.CapBytes + ((long)F3.Bytes * Tables.Count) + Quotient.CapBytes + ((long)F3.Bytes * OpenedValues)
        + Layers.Sum(l => l.CapBytes) + ((long)F3.Bytes * FinalCoefficients) + 8 + ((long)Set.Queries * QueryBytes);
}
