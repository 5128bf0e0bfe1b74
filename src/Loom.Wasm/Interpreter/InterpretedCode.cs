namespace Loom.Wasm;

/// <summary>A function's validated code, with what a call of it needs at hand.</summary>
internal sealed class InterpretedCode
{
    public InterpretedCode(FunctionCode code, bool references)
    {
        Instructions = code.Instructions;
        Labels = code.Labels;
        BranchTargets = code.BranchTargets;
        Parameters = code.Type.Parameters.Length;
        Results = code.Type.Results.Length;
        Locals = code.Locals.Length;
        Slots = code.Locals.Length + code.MaxHeight;
        StackCost = code.StackCost;
        HasReferences = references
            || code.Locals.Any(l => l is ValueType.FuncRef or ValueType.ExternRef)
            || code.Instructions.Any(i => i.Opcode is Opcode.RefNull or Opcode.RefFunc or Opcode.TableGet);
    }

    public Instruction[] Instructions { get; }

    public Label[] Labels { get; }

    public int[] BranchTargets { get; }

    public int Parameters { get; }

    public int Results { get; }

    /// <summary>Number of locals, parameters among them.</summary>
    public int Locals { get; }

    /// <summary>Number of locals and operands together.</summary>
    public int Slots { get; }

    public int StackCost { get; }

    /// <summary>Whether a reference may ever lie in its slots; most code has none and need not move the objects along with the numbers.</summary>
    public bool HasReferences { get; }
}
