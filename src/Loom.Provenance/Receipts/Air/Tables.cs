namespace Loom.Provenance.Receipts;

/// <summary>The tables of a trace, by id (section 3.3).</summary>
internal enum TableId
{
    Cpu = 0,
    Mem = 1,
    Arith = 2,
    Bit = 3,
    MemB = 4,
    InTab = 5,
    Rom = 6,
    Lut = 7,
    MemX = 8,
    MTrap = 9,
}

/// <summary>What a table counts: base-field columns, and interactions.</summary>
internal readonly record struct TableShape(TableId Id, string Name, int MainColumns, int PreprocessedColumns, int Interactions)
{
    /// <summary>Helper columns of the bus argument: one for two interactions, and the accumulator; each an F3 column.</summary>
    public int AuxColumns => ((Interactions + 1) / 2) + 1;

    /// <summary>The same as base-field columns.</summary>
    public int AuxBaseColumns => 3 * AuxColumns;
}

/// <summary>The tables of this version (section 3.3).</summary>
internal static class Tables
{
    /// <summary>Table ids that have a height byte in a receipt.</summary>
    public const int HeightBytes = 16;

    /// <summary>The largest height of any table, as a logarithm.</summary>
    public const int MaxLogHeight = 22;

    public const int LutLogHeight = 16;

    /// <summary>By ascending id.</summary>
    public static readonly TableShape[] All =
    [
        new(TableId.Cpu, "CPU", 73, 0, 26),
        new(TableId.Mem, "MEM", 63, 0, 28),
        new(TableId.Arith, "ARITH", 73, 0, 36),
        new(TableId.Bit, "BIT", 47, 0, 23),
        new(TableId.MemB, "MEMB", 12, 0, 10),
        new(TableId.InTab, "INTAB", 5, 0, 2),
        new(TableId.Rom, "ROM", 1, 7, 1),
        new(TableId.Lut, "LUT", 5, 10, 5),
        new(TableId.MemX, "MEMX", 70, 0, 36),
        new(TableId.MTrap, "MTRAP", 26, 0, 10),
    ];
}
