namespace Loom.Wasm;

/// <summary>
/// One instruction of validated code. Structure is gone: blocks have become labels, unreachable instructions are left out, and what the
/// instruction needs to know stands in two operands.
/// </summary>
internal readonly struct Instruction(Opcode opcode, int a = 0, ulong immediate = 0)
{
    /// <summary>What it does.</summary>
    public readonly Opcode Opcode = opcode;

    /// <summary>
    /// An index: of a local, global, function, type, table, segment or label; the position of the first target of a <c>br_table</c>; the
    /// charge of <see cref="Opcode.Charge"/>; the <see cref="ValueType"/> of what <c>select</c>, <c>drop</c> and <c>ref.null</c> handle;
    /// the exponent of the alignment of a load or store.
    /// </summary>
    public readonly int A = a;

    /// <summary>The bits of a constant, the offset of a load or store, or <see cref="B"/>.</summary>
    public readonly ulong Immediate = immediate;

    /// <summary>A second index: the table of <c>call_indirect</c> and <c>table.init</c>, the source of <c>table.copy</c>, the number of targets of a <c>br_table</c> without its default.</summary>
    public int B => (int)Immediate;
}

/// <summary>Where a branch goes.</summary>
/// <param name="Position">Index of its <see cref="Opcode.Label"/> instruction.</param>
/// <param name="Height">Number of operands below those that the branch carries.</param>
/// <param name="Types">Types of the operands that the branch carries.</param>
/// <param name="IsLoop">Whether it is the head of a loop: branches to it go backwards.</param>
internal readonly record struct Label(int Position, int Height, ValueType[] Types, bool IsLoop);

/// <summary>The validated code of one function.</summary>
/// <param name="Type">The function's type.</param>
/// <param name="Locals">Types of the parameters and then of the declared locals.</param>
/// <param name="Instructions">What it does; ends with <see cref="Opcode.Return"/>, <see cref="Opcode.Unreachable"/> or a branch.</param>
/// <param name="Offsets">For each instruction the byte offset in the module that it was made from.</param>
/// <param name="Labels">Targets of branches. Only labels that something reaches have a <see cref="Opcode.Label"/> instruction.</param>
/// <param name="BranchTargets">The labels of all <c>br_table</c> instructions, one list after the other, each with its default last.</param>
/// <param name="MaxHeight">The most operands on the stack at any time.</param>
internal sealed record FunctionCode(
    FunctionType Type,
    ValueType[] Locals,
    Instruction[] Instructions,
    int[] Offsets,
    Label[] Labels,
    int[] BranchTargets,
    int MaxHeight)
{
    /// <summary>Slots that every call costs besides its locals and operands: what a frame needs even when it holds nothing.</summary>
    private const int FrameOverhead = 16;

    /// <summary>Instructions that cost one slot: what compiled code keeps in its frame besides locals and operands grows with them.</summary>
    private const int InstructionsPerSlot = 8;

    /// <summary>What a call of this function takes from the budget of stack slots, the same on every back end.</summary>
    public int StackCost => FrameOverhead + Locals.Length + MaxHeight + (Instructions.Length / InstructionsPerSlot);
}
