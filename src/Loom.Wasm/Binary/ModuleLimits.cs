namespace Loom.Wasm;

/// <summary>
/// How large a module may be. The defaults hold what compilers make of real programs, and keep the time and memory that loading takes in
/// proportion to the module's bytes.
/// </summary>
public sealed record ModuleLimits
{
    /// <summary>The defaults.</summary>
    public static ModuleLimits Default { get; } = new();

    /// <summary>Bytes of the whole module (8 MiB).</summary>
    public int Bytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Types (10,000).</summary>
    public int Types { get; init; } = 10_000;

    /// <summary>Parameters of one function or block (1,000).</summary>
    public int Parameters { get; init; } = 1_000;

    /// <summary>Results of one function or block (1,000).</summary>
    public int Results { get; init; } = 1_000;

    /// <summary>Functions, imported ones included (100,000).</summary>
    public int Functions { get; init; } = 65_000;

    /// <summary>Parameters and locals of one function (50,000).</summary>
    public int Locals { get; init; } = 50_000;

    /// <summary>Bytes of one function's body (2 MiB).</summary>
    public int BodyBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Targets of one <c>br_table</c>, without its default (65,520).</summary>
    public int BranchTargets { get; init; } = 65_520;

    /// <summary>Operands on the stack of one function at any time (16,384).</summary>
    public int OperandHeight { get; init; } = 16_384;

    /// <summary>Blocks, loops and ifs that stand in one another (4,096).</summary>
    public int Nesting { get; init; } = 4_096;

    /// <summary>Tables, imported ones included (100).</summary>
    public int Tables { get; init; } = 100;

    /// <summary>Elements with which one table starts (1,000,000).</summary>
    public uint TableElements { get; init; } = 1_000_000;

    /// <summary>Pages of 64 KiB with which the memory starts (16,384: 1 GiB).</summary>
    public uint MemoryPages { get; init; } = 16_384;

    /// <summary>Globals, imported ones included (100,000).</summary>
    public int Globals { get; init; } = 100_000;

    /// <summary>Imports (10,000).</summary>
    public int Imports { get; init; } = 10_000;

    /// <summary>Exports (10,000).</summary>
    public int Exports { get; init; } = 10_000;

    /// <summary>Element segments, and data segments (each 100,000).</summary>
    public int Segments { get; init; } = 100_000;

    /// <summary>Elements of all element segments together (1,000,000).</summary>
    public int SegmentElements { get; init; } = 1_000_000;

    /// <summary>Bytes of one name of an import, an export or a custom section (10,000).</summary>
    public int NameBytes { get; init; } = 10_000;

    /// <summary>Custom sections (1,000).</summary>
    public int CustomSections { get; init; } = 1_000;
}
