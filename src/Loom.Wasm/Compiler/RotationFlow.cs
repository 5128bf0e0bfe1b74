namespace Loom.Wasm;

/// <summary>
/// Whether anything in a function may compare a value that comes from a rotation. Only then does the fault that <see cref="Rotation"/> avoids
/// have a place to show; elsewhere rotations may be left to the platform's compiler. Values are followed through every operation, since the
/// compiler may find out that one leaves its operand as it is; what goes to or comes from memory is not followed, for it is read anew. A rotated
/// value that leaves the function counts as compared: a small function may become part of its caller.
/// </summary>
internal sealed class RotationFlow
{
    // A function with more locals at labels than this is not looked at: it is slow to look, and it loses little.
    private const int MostPlaces = 1_000_000;

    private readonly WasmModule module;
    private readonly FunctionCode code;
    private readonly bool[] locals;
    private readonly bool[] operands;

    // For each label what comes there on any path: the operands that branches carry, and the locals.
    private readonly bool[][] arriving;
    private readonly bool[][] localsAt;
    private int height;
    private bool reachable;
    private bool changed;
    private bool compared;

    private RotationFlow(WasmModule module, FunctionCode code)
    {
        this.module = module;
        this.code = code;
        locals = new bool[code.Locals.Length];
        operands = new bool[code.MaxHeight + 1];
        arriving = [.. code.Labels.Select(l => new bool[l.Types.Length])];
        localsAt = [.. code.Labels.Select(_ => new bool[locals.Length])];
    }

    /// <summary>Whether the function rotates, and may compare what it rotated.</summary>
    public static bool MayCompareRotated(WasmModule module, FunctionCode code)
    {
        var rotates = false;
        foreach (ref readonly var instruction in code.Instructions.AsSpan()) rotates |= IsRotation(instruction.Opcode);
        if (!rotates) return false;
        return (long)code.Labels.Length * code.Locals.Length > MostPlaces || new RotationFlow(module, code).Follow();
    }

    // What comes to a label only grows from round to round, so this ends; a function that takes many rounds is not worth them.
    private bool Follow()
    {
        const int MostRounds = 20;
        for (var round = 0; round < MostRounds; round++)
        {
            changed = false;
            height = 0;
            reachable = true;
            Array.Clear(locals);
            foreach (ref readonly var instruction in code.Instructions.AsSpan())
            {
                if (reachable || instruction.Opcode == Opcode.Label) Step(instruction);
            }

            if (compared || !changed) return compared;
        }

        return true;
    }

    // The platform's compiler does not take a method of more than 100 bytes into another one, and an instruction gives at least one byte.
    private bool MayBecomePartOfCaller => code.Instructions.Length <= 100;

    private void Step(in Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Charge or Opcode.Nop:
                break;
            case Opcode.Label:
                Arrive(instruction.A);
                break;
            case Opcode.Unreachable:
                reachable = false;
                break;
            case Opcode.Br:
                Carry(instruction.A);
                reachable = false;
                break;
            case Opcode.BrIf or Opcode.BrIfZero:
                compared |= Pop();
                Carry(instruction.A);
                break;
            case Opcode.BrTable:
                compared |= Pop();
                foreach (var target in code.BranchTargets.AsSpan(instruction.A, instruction.B + 1)) Carry(target);
                reachable = false;
                break;
            case Opcode.Return:
                if (MayBecomePartOfCaller) PopCompared(code.Type.Results.Length);
                reachable = false;
                break;
            case Opcode.Call:
                Call(module.FunctionTypes[instruction.A]);
                break;
            case Opcode.CallIndirect:
                compared |= Pop();
                Call(module.Types[instruction.A]);
                break;
            case Opcode.LocalGet:
                Push(locals[instruction.A]);
                break;
            case Opcode.LocalSet:
                locals[instruction.A] = Pop();
                break;
            case Opcode.LocalTee:
                locals[instruction.A] = operands[height - 1];
                break;
            case Opcode.Select:
                compared |= Pop();
                Push(Pop() | Pop());
                break;
            case Opcode.Drop:
                Pop();
                break;
            case Opcode.GlobalGet or Opcode.RefNull or Opcode.RefFunc:
                Push(false);
                break;
            case Opcode.GlobalSet or Opcode.TableSet:
                PopCompared(instruction.Opcode == Opcode.GlobalSet ? 1 : 2);
                break;
            case Opcode.TableGet or Opcode.RefIsNull:
                PopCompared(1);
                Push(false);
                break;
            case Opcode.TableGrow:
                PopCompared(2);
                Push(false);
                break;
            case Opcode.TableFill:
                PopCompared(3);
                break;
            default:
                Simple(instruction.Opcode);
                break;
        }
    }

    private void Simple(Opcode opcode)
    {
        var signature = Operators.SignatureOf(opcode);
        var rotated = false;
        for (var i = 0; i < signature.Operands; i++) rotated |= Pop();

        // Arithmetic passes on what it takes; loads and stores end it; all else may look at it.
        if (IsRotation(opcode)) rotated = true;
        else if (Operators.IsAccess(opcode)) rotated = false;
        else if (!Operations.Find(opcode, out _)) (compared, rotated) = (compared | rotated, false);
        if (signature.Result != 0) Push(rotated);
    }

    private static bool IsRotation(Opcode opcode) => opcode is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr;

    private void Call(FunctionType type)
    {
        PopCompared(type.Parameters.Length);
        foreach (var _ in type.Results) Push(false);
    }

    private void Carry(int target)
    {
        var carried = arriving[target];
        for (var i = 0; i < carried.Length; i++) Hold(ref carried[i], operands[height - carried.Length + i]);
        for (var i = 0; i < locals.Length; i++) Hold(ref localsAt[target][i], locals[i]);
    }

    // The operands below those that branches carry are the same on all paths.
    private void Arrive(int label)
    {
        if (reachable) Carry(label);
        arriving[label].CopyTo(operands, code.Labels[label].Height);
        localsAt[label].CopyTo(locals, 0);
        height = code.Labels[label].Height + arriving[label].Length;
        reachable = true;
    }

    private void PopCompared(int count)
    {
        for (var i = 0; i < count; i++) compared |= Pop();
    }

    private bool Pop() => operands[--height];

    private void Push(bool rotated) => operands[height++] = rotated;

    private void Hold(ref bool place, bool rotated)
    {
        if (!rotated || place) return;
        place = true;
        changed = true;
    }
}
