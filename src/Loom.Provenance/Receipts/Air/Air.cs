namespace Loom.Provenance.Receipts;

/// <summary>The constraints and interactions of all tables, written once for every algebra (section 3).</summary>
internal static class Air
{
    /// <summary>Evaluates one row, or the table at one point, in the order of the specification.</summary>
    public static void Evaluate<T>(TableId table, ReadOnlySpan<T> main, ReadOnlySpan<T> preprocessed, ConstraintSink<T> sink)
        where T : struct, IAlgebra<T>
    {
        switch (table)
        {
            case TableId.Cpu:
                CpuTable.Evaluate(main, sink);
                break;
            case TableId.Mem:
                MemoryTables.EvaluateMem(main, sink);
                break;
            case TableId.Arith:
                ArithTable.Evaluate(main, sink);
                break;
            case TableId.Bit:
                BitTable.Evaluate(main, sink);
                break;
            case TableId.MemB:
                BoundaryTables.EvaluateMemB(main, sink);
                break;
            case TableId.InTab:
                BoundaryTables.EvaluateInTab(main, sink);
                break;
            case TableId.Rom:
                BoundaryTables.EvaluateRom(main, preprocessed, sink);
                break;
            case TableId.Lut:
                BoundaryTables.EvaluateLut(main, preprocessed, sink);
                break;
            case TableId.MemX:
                MemoryTables.EvaluateMemX(main, sink);
                break;
            case TableId.MTrap:
                MemoryTables.EvaluateMTrap(main, sink);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(table), table, "No such table.");
        }
    }
}
