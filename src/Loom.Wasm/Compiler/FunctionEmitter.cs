using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>
/// Writes the IL of one function. Between two instructions of the guest the evaluation stack is empty: what is not yet evaluated waits in the
/// <see cref="OperandStack"/>, so checks may branch away anywhere.
/// </summary>
internal sealed partial class FunctionEmitter
{
    private const int MostVariables = 65_000;
    private const int MostBytes = 65_536;
    private const int MostBytesPerInstruction = 64;

    private readonly ModuleEmitter module;
    private readonly FunctionCode code;
    private readonly ILGenerator il;
    private readonly OperandStack stack;
    private readonly Variable[] locals;
    private readonly System.Reflection.Emit.Label[] labels;
    private readonly bool[] defined;
    private readonly Traps traps;
    private readonly bool countsFuel;
    private readonly LocalBuilder? fuel;
    private readonly LocalBuilder store;
    private readonly bool calls;
    private readonly bool avoidsRotations;

    // The instruction at hand, and whether it can be reached: the code after a branch cannot, until the next label.
    private int position;
    private bool reachable = true;

    public FunctionEmitter(ModuleEmitter module, FunctionCode code, ILGenerator il)
    {
        this.module = module;
        this.code = code;
        this.il = il;
        stack = new OperandStack(il);
        avoidsRotations = Rotation.IsFaulty && RotationFlow.MayCompareRotated(module.Module, code);
        locals = new Variable[code.Locals.Length];
        labels = new System.Reflection.Emit.Label[code.Labels.Length];
        defined = new bool[code.Labels.Length];
        countsFuel = module.Options.CountFuel;
        store = il.DeclareLocal(typeof(Store));
        if (countsFuel) fuel = il.DeclareLocal(typeof(long));
        traps = new Traps(il, EmitSaveFuel);
        foreach (ref readonly var instruction in code.Instructions.AsSpan())
        {
            calls |= instruction.Opcode is Opcode.Call or Opcode.CallIndirect;
        }
    }

    public void Emit()
    {
        EmitEntry();
        for (position = 0; position < code.Instructions.Length; position++)
        {
            ref readonly var instruction = ref code.Instructions[position];
            if (reachable || instruction.Opcode == Opcode.Label) EmitInstruction(instruction);
            CheckSize();
        }

        traps.EmitBlocks();
        CheckVariables();
    }

    // A branch that carries a thousand operands is a few bytes of the module and a thousand moves; so are the thousand targets of a br_table.
    private void CheckSize()
    {
        if (il.ILOffset <= MostBytes + (MostBytesPerInstruction * ((long)code.Instructions.Length + code.BranchTargets.Length))) return;
        throw new NotSupportedException("A function of the module grows too large when it is compiled: its branches carry too many operands. It can be interpreted.");
    }

    // Methods have numbers of 16 bits for their variables; past them the platform would find the method invalid when it is called.
    private void CheckVariables()
    {
        if (il.ILOffset <= MostVariables || il.DeclareLocal(typeof(int)).LocalIndex <= MostVariables) return;
        throw new NotSupportedException($"A function of the module needs more than {MostVariables} variables at once: it can be interpreted, not compiled.");
    }

    private void EmitEntry()
    {
        DeclareLocals();
        EmitStackCheck();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.Store);
        il.Emit(OpCodes.Stloc, store);
        if (calls)
        {
            LargeFunction.EmitCheck(il, 0, i => i.Emit(OpCodes.Ldloc, store));
            EmitInterruptCheck();
        }

        EmitLoadFuel();
        DeclareMemory();
    }

    private void DeclareLocals()
    {
        var parameters = code.Type.Parameters.Length;
        for (var i = 0; i < parameters; i++) locals[i] = Variable.Argument(code.Locals[i], i + 1);

        // Locals that nothing touches are not declared: a hostile module has 50,000 of them in each of thousands of functions.
        foreach (ref readonly var instruction in code.Instructions.AsSpan())
        {
            if (instruction.Opcode is not (Opcode.LocalGet or Opcode.LocalSet or Opcode.LocalTee)) continue;
            var index = instruction.A;
            if (index < parameters || locals[index].Type != 0) continue;
            var type = code.Locals[index];
            locals[index] = Variable.Local(type, il.DeclareLocal(Convention.Of(type)));
            new ConstantNode(type, 0).Emit(il);
            locals[index].EmitStore(il);
        }
    }

    private void EmitStackCheck()
    {
        var left = Convention.StackPosition(code.Type);
        il.EmitLoadArgument(left);
        il.Emit(OpCodes.Ldc_I4, code.StackCost);
        il.Emit(OpCodes.Sub);
        Variable.Argument(ValueType.I32, left).EmitStore(il);
        il.EmitLoadArgument(left);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Blt, traps.Before(TrapKind.StackExhausted));
    }

    private void EmitInterruptCheck()
    {
        il.Emit(OpCodes.Ldloc, store);
        il.Emit(OpCodes.Volatile);
        il.Emit(OpCodes.Ldfld, Members.Interrupted);
        il.Emit(OpCodes.Brtrue, traps.Of(TrapKind.Interrupted));
    }

    private void EmitInstruction(in Instruction instruction)
    {
        var opcode = instruction.Opcode;
        switch (opcode)
        {
            case Opcode.Label:
                EmitLabel(instruction.A);
                break;
            case Opcode.Charge:
                EmitCharge(instruction.A);
                break;
            case Opcode.Unreachable:
                il.Emit(OpCodes.Br, traps.Of(TrapKind.Unreachable));
                reachable = false;
                break;
            case Opcode.Br:
                EmitBranch(instruction.A);
                break;
            case Opcode.BrIf:
                EmitBranchIf(instruction.A, taken: true);
                break;
            case Opcode.BrIfZero:
                EmitBranchIf(instruction.A, taken: false);
                break;
            case Opcode.BrTable:
                EmitBranchTable(code.BranchTargets.AsSpan(instruction.A, instruction.B + 1));
                break;
            case Opcode.Return:
                EmitReturn();
                break;
            case Opcode.Call:
                EmitCall(instruction.A);
                break;
            case Opcode.CallIndirect:
                EmitCallIndirect(instruction.A, instruction.B);
                break;
            case Opcode.Drop:
                Drop();
                break;
            case Opcode.Select:
                EmitSelect();
                break;
            case Opcode.LocalGet:
                stack.Push(new LocalNode(locals[instruction.A], instruction.A));
                break;
            case Opcode.LocalSet:
                EmitLocalSet(instruction.A);
                break;
            case Opcode.LocalTee:
                EmitLocalSet(instruction.A);
                stack.Push(new LocalNode(locals[instruction.A], instruction.A));
                break;
            case Opcode.GlobalGet:
                EmitGlobalGet(instruction.A);
                break;
            case Opcode.GlobalSet:
                EmitGlobalSet(instruction.A);
                break;
            case Opcode.I32Const:
                stack.Push(new ConstantNode(ValueType.I32, instruction.Immediate));
                break;
            case Opcode.I64Const:
                stack.Push(new ConstantNode(ValueType.I64, instruction.Immediate));
                break;
            case Opcode.F32Const:
                stack.Push(new ConstantNode(ValueType.F32, instruction.Immediate));
                break;
            case Opcode.F64Const:
                stack.Push(new ConstantNode(ValueType.F64, instruction.Immediate));
                break;
            default:
                if (!EmitNumeric(opcode) && !EmitMemoryAccess(instruction) && !EmitBulk(instruction))
                {
                    throw new InvalidOperationException($"The compiler does not know {opcode}, which the validator let through.");
                }

                break;
        }
    }

    // A dropped expression has no effect; only a temporary that it held must be given back.
    private void Drop()
    {
        var node = stack.Pop();
        if (node.IsSimple) return;
        node.Emit(il);
        il.Emit(OpCodes.Pop);
    }

    private void EmitLocalSet(int index)
    {
        var value = stack.Pop();
        stack.BeforeLocalChanges(index);
        boundsChecked.Remove(index);
        value.Emit(il);
        locals[index].EmitStore(il);
    }

    private void EmitSelect()
    {
        var condition = stack.Pop();
        var otherwise = stack.Pop();
        var value = stack.Pop();
        if (value.Type is ValueType.I32 or ValueType.I64)
        {
            stack.Push(SelectByMask(condition, value, otherwise));
            return;
        }

        // The result's temporary is taken before the paths part, so both write the same one.
        var done = il.DefineLabel();
        value.Emit(il);
        var result = stack.StoreTemporary(value.Type);
        EmitBranchOn(condition, done, taken: true);
        otherwise.Emit(il);
        result.EmitStore(il);
        il.MarkLabel(done);
        stack.Push(result);
    }

    private SelectNode SelectByMask(Node condition, Node value, Node otherwise) => new(
        condition as ComparisonNode ?? new ComparisonNode(Comparison.NotEqual, condition, new ConstantNode(ValueType.I32, 0)),
        value,
        stack.Reusable(otherwise));

    private void EmitCharge(int units)
    {
        if (!countsFuel) return;
        il.Emit(OpCodes.Ldloc, fuel!);
        il.Emit(OpCodes.Ldc_I8, (long)units);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, fuel!);
        il.Emit(OpCodes.Ldloc, fuel!);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Blt, traps.Of(TrapKind.FuelExhausted));
    }

    // Fuel is counted in a local of the method, so mostly in a register; the store has the count whenever other code runs.
    private void EmitSaveFuel()
    {
        if (!countsFuel) return;
        il.Emit(OpCodes.Ldloc, store);
        il.Emit(OpCodes.Ldloc, fuel!);
        il.Emit(OpCodes.Stfld, Members.FuelLeft);
    }

    private void EmitLoadFuel()
    {
        if (!countsFuel) return;
        il.Emit(OpCodes.Ldloc, store);
        il.Emit(OpCodes.Ldfld, Members.FuelLeft);
        il.Emit(OpCodes.Stloc, fuel!);
    }
}
