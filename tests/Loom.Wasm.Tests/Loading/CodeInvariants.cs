namespace Loom.Wasm.Tests.Loading;

/// <summary>
/// Walks validated code with a stack of types and checks everything that the back ends rely on: labels, heights, charges, the end.
/// Throws with the position of the instruction that breaks a rule.
/// </summary>
internal sealed class CodeInvariants
{
    private readonly WasmModule module;
    private readonly FunctionCode code;
    private readonly ValueType[]?[] arrivals; // the stack with which each label is reached
    private readonly List<ValueType> stack = [];
    private int position;
    private int highest;

    private CodeInvariants(WasmModule module, FunctionCode code)
    {
        this.module = module;
        this.code = code;
        arrivals = new ValueType[]?[code.Labels.Length];
    }

    public static void Check(WasmModule module)
    {
        for (var i = 0; i < module.Bodies.Length; i++) Check(module, module.Code(i));
    }

    public static void Check(WasmModule module, FunctionCode code) => new CodeInvariants(module, code).Walk();

    private void Walk()
    {
        CheckCharges();
        var live = true;
        for (position = 0; position < code.Instructions.Length; position++)
        {
            var instruction = code.Instructions[position];
            if (instruction.Opcode == Opcode.Label)
            {
                Arrive(instruction.A, live);
                live = true;
                continue;
            }

            Require(live, "unreachable code is left out");
            if (instruction.Opcode == Opcode.Charge) continue;
            Apply(instruction);
            live = instruction.Opcode is not (Opcode.Br or Opcode.BrTable or Opcode.Return or Opcode.Unreachable);
            highest = Math.Max(highest, stack.Count);
        }

        Require(!live, "code ends with a return, a branch or a trap");
        Require(highest == code.MaxHeight, $"the highest stack is {highest}, not {code.MaxHeight}");
        Require(code.Offsets.Length == code.Instructions.Length, "each instruction has its offset");
        Require(code.Labels.Index().All(l => l.Item.Position >= 0 && code.Instructions[l.Item.Position] is { Opcode: Opcode.Label } i && i.A == l.Index), "each label is bound once");
    }

    private void CheckCharges()
    {
        var runStarts = true;
        var charged = -1;
        var count = 0;
        Require(code.Locals.Length < 16 || code.Instructions[0].Opcode == Opcode.Charge, "entering a function with many locals is charged");
        for (position = 0; position < code.Instructions.Length; position++)
        {
            var instruction = code.Instructions[position];
            switch (instruction.Opcode)
            {
                case Opcode.Label:
                    Require(charged == -1 || count == charged, $"{charged} are charged for {count} instructions");
                    (runStarts, charged, count) = (true, -1, 0);
                    break;
                case Opcode.Charge:
                    Require(runStarts && charged == -1 && instruction.A > 0, "a charge stands at the start of a run and is never empty");
                    charged = instruction.A - (position == 0 ? code.Locals.Length / 16 : 0);
                    break;
                default:
                    Require(charged != -1, "every run is charged");
                    (runStarts, count) = (false, count + 1);
                    if (instruction.Opcode is not (Opcode.BrIf or Opcode.BrIfZero)) break;
                    Require(count == charged, $"{charged} are charged for {count} instructions");
                    (runStarts, charged, count) = (true, -1, 0);
                    break;
            }
        }

        Require(charged == -1 || count == charged, $"{charged} are charged for {count} instructions");
    }

    private void Arrive(int label, bool live)
    {
        var target = code.Labels[label];
        Require(target.Position == position, "a label stands where it says");
        if (live) Depart(label);
        Require(arrivals[label] is not null, "a label is reached by something before it");
        stack.Clear();
        stack.AddRange(arrivals[label]!);
        Require(stack.Count == target.Height + target.Types.Length, "a label has its height");
    }

    private void Depart(int label)
    {
        var target = code.Labels[label];
        Require(stack.Count >= target.Height + target.Types.Length, "a branch has what it carries");
        Require(stack.TakeLast(target.Types.Length).SequenceEqual(target.Types), "a branch carries the right types");
        ValueType[] arriving = [.. stack.Take(target.Height), .. target.Types];
        Require(!target.IsLoop || target.Position <= position, "branches to loops go backwards");
        Require(target.IsLoop || target.Position >= position, "other branches go forwards");
        Require(arrivals[label] is not { } known || known.SequenceEqual(arriving), "all that reach a label agree about the stack");
        arrivals[label] = arriving;
    }

    private void Apply(Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Br: Depart(instruction.A); break;
            case Opcode.BrIf or Opcode.BrIfZero:
                Pop(ValueType.I32);
                Depart(instruction.A);
                break;
            case Opcode.BrTable:
                Pop(ValueType.I32);
                for (var i = 0; i <= instruction.B; i++) Depart(code.BranchTargets[instruction.A + i]);
                break;
            case Opcode.Return: Require(stack.TakeLast(code.Type.Results.Length).SequenceEqual(code.Type.Results.ToArray()), "a return has the results"); break;
            case Opcode.Unreachable: break;
            case Opcode.Call: Call(module.FunctionTypes[instruction.A]); break;
            case Opcode.CallIndirect:
                Pop(ValueType.I32);
                Call(module.Types[instruction.A]);
                break;
            case Opcode.Drop: Pop((ValueType)instruction.A); break;
            case Opcode.Select:
                Pop(ValueType.I32);
                Pop((ValueType)instruction.A);
                Require(stack[^1] == (ValueType)instruction.A, "select finds its type");
                break;
            case Opcode.LocalGet: stack.Add(code.Locals[instruction.A]); break;
            case Opcode.LocalSet: Pop(code.Locals[instruction.A]); break;
            case Opcode.LocalTee: Require(stack[^1] == code.Locals[instruction.A], "local.tee finds its type"); break;
            case Opcode.GlobalGet: stack.Add(module.Globals[instruction.A].Value); break;
            case Opcode.GlobalSet: Pop(module.Globals[instruction.A].Value); break;
            case Opcode.RefNull: stack.Add((ValueType)instruction.A); break;
            case Opcode.RefFunc: stack.Add(ValueType.FuncRef); break;
            case Opcode.RefIsNull: Swap([(ValueType)instruction.A], ValueType.I32); break;
            case Opcode.TableGet: Swap([ValueType.I32], module.Tables[instruction.A].Element); break;
            case Opcode.TableSet: Swap([ValueType.I32, module.Tables[instruction.A].Element], 0); break;
            case Opcode.TableGrow: Swap([module.Tables[instruction.A].Element, ValueType.I32], ValueType.I32); break;
            case Opcode.TableFill: Swap([ValueType.I32, module.Tables[instruction.A].Element, ValueType.I32], 0); break;
            default:
                Require(Operators.IsSimple(instruction.Opcode), "only known instructions are written");
                var signature = Operators.SignatureOf(instruction.Opcode);
                Swap([.. new[] { signature.First, signature.Second, signature.Third }.Take(signature.Operands)], signature.Result);
                break;
        }
    }

    private void Call(FunctionType type)
    {
        foreach (var parameter in type.Parameters.ToArray().Reverse()) Pop(parameter);
        stack.AddRange(type.Results);
    }

    private void Swap(ValueType[] operands, ValueType result)
    {
        foreach (var operand in operands.Reverse()) Pop(operand);
        if (result != 0) stack.Add(result);
    }

    private void Pop(ValueType type)
    {
        Require(stack.Count > 0 && stack[^1] == type, $"the stack has a {type}");
        stack.RemoveAt(stack.Count - 1);
    }

    private void Require(bool holds, string rule)
    {
        if (!holds) throw new InvalidOperationException($"instruction {position} ({(position < code.Instructions.Length ? code.Instructions[position].Opcode : null)}): {rule}");
    }
}
