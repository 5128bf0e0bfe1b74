namespace Loom.Wasm;

/// <summary>
/// Collects the instructions of one function: leaves out what cannot be reached, binds labels, and puts a charge before every straight run.
/// Its buffers are used again for the next function.
/// </summary>
internal sealed class CodeWriter
{
    private const int NoRun = -1;
    private const int LocalsPerUnit = 16;

    private readonly List<Label> labels = [];
    private Instruction[] code = new Instruction[256];
    private int[] offsets = new int[256];
    private int[] targets = new int[64];
    private int targetCount;
    private int count;
    private int runStart;
    private int extra;

    /// <summary>Whether what is written next can be reached.</summary>
    public bool Live { get; private set; }

    /// <summary>Begins with a function.</summary>
    /// <param name="locals">How many locals a call has to set to zero: they are charged with the first run, 16 for a unit.</param>
    /// <param name="write">Whether its code is wanted. Where it is not, nothing counts as reachable, and so nothing is written.</param>
    public void Reset(int locals, bool write)
    {
        extra = locals / LocalsPerUnit;
        labels.Clear();
        count = 0;
        targetCount = 0;
        runStart = NoRun;
        Live = write;
    }

    public void Emit(int offset, Opcode opcode, int a = 0, ulong immediate = 0)
    {
        if (!Live) return;
        if (count + 2 > code.Length) Grow();
        if (runStart == NoRun) StartRun(offset);
        offsets[count] = offset;
        code[count++] = new Instruction(opcode, a, immediate);
    }

    /// <summary>Ends the straight run: the next instruction starts another one.</summary>
    public void EndRun()
    {
        if (runStart == NoRun) return;
        code[runStart] = new Instruction(Opcode.Charge, count - runStart - 1 + extra);
        extra = 0;
        runStart = NoRun;
    }

    /// <summary>Nothing that follows can be reached until a label is bound.</summary>
    public void Die()
    {
        EndRun();
        Live = false;
    }

    public int NewLabel(int height, ValueType[] types, bool isLoop)
    {
        labels.Add(new Label(-1, height, types, isLoop));
        return labels.Count - 1;
    }

    /// <summary>What branches to the label goes on here.</summary>
    public void Bind(int label, int offset)
    {
        if (count + 2 > code.Length) Grow();
        if (extra > 0 && runStart == NoRun) StartRun(offset); // the function starts with a loop: entering it is charged outside of that
        EndRun();
        labels[label] = labels[label] with { Position = count };
        offsets[count] = offset;
        code[count++] = new Instruction(Opcode.Label, label);
        Live = true;
    }

    /// <summary>Adds a target of a <c>br_table</c>; gives its position.</summary>
    public int AddTarget(int label)
    {
        if (targetCount == targets.Length) Array.Resize(ref targets, targets.Length * 2);
        targets[targetCount] = label;
        return targetCount++;
    }

    public FunctionCode ToCode(FunctionType type, ValueType[] locals, int maxHeight) =>
        new(type, locals, code.AsSpan(0, count).ToArray(), offsets.AsSpan(0, count).ToArray(), [.. labels], targets.AsSpan(0, targetCount).ToArray(), maxHeight);

    private void StartRun(int offset)
    {
        runStart = count;
        offsets[count++] = offset;
    }

    private void Grow()
    {
        Array.Resize(ref code, code.Length * 2);
        Array.Resize(ref offsets, offsets.Length * 2);
    }
}
