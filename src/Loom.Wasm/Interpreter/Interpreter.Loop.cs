namespace Loom.Wasm;

// Control, variables, tables and calls. The operand stack grows upwards; `top` is the first free slot. Calls between interpreted functions, also
// of different instances, stay in this loop: their depth is that of InterpreterStack, never that of the thread's stack.
internal static unsafe partial class Interpreter
{
    private static void Loop(InterpreterStack machine, InterpretedFunction function, int stack)
    {
        var store = function.Instance.Store;
        var locals = machine.Bottom;
        ulong* top;
        ulong* operands;
        InterpretedInstance instance;
        InterpretedCode code;
        Instruction[] instructions;
        int position;

    enter: // `function` is to run; its arguments lie from `locals` on
        if (store.Interrupted) throw TrapException.Of(TrapKind.Interrupted);
        instance = function.Instance;
        code = function.Code;
        stack -= code.StackCost;
        if (stack < 0) throw TrapException.Of(TrapKind.StackExhausted);
        var first = (int)(locals - machine.Bottom);
        machine.Reserve(first + Math.Max(code.Slots, code.Results), code.HasReferences);
        locals = machine.Bottom + first;
        operands = locals + code.Locals;
        top = operands;
        new Span<ulong>(locals + code.Parameters, code.Locals - code.Parameters).Clear();
        if (code.HasReferences) Array.Clear(machine.References, first + code.Parameters, code.Locals - code.Parameters);
        instructions = code.Instructions;
        position = 0;
        var counts = instance.CountsFuel;
        var references = code.HasReferences;

        while (true)
        {
            ref readonly var instruction = ref instructions[position++];
            var a = instruction.A;
            switch (instruction.Opcode)
            {
                case Opcode.Unreachable:
                    throw TrapException.Of(TrapKind.Unreachable);
                case Opcode.Nop:
                    break;
                case Opcode.Label:
                    if (code.Labels[a].IsLoop && store.Interrupted) throw TrapException.Of(TrapKind.Interrupted);
                    break;
                case Opcode.Charge:
                    if (counts) store.Charge(a);
                    break;
                case Opcode.BrIf:
                    if ((uint)*--top == 0) break;
                    goto case Opcode.Br;
                case Opcode.BrIfZero:
                    if ((uint)*--top != 0) break;
                    goto case Opcode.Br;
                case Opcode.BrTable:
                    a = code.BranchTargets[a + (int)Math.Min((uint)*--top, (uint)instruction.B)];
                    goto case Opcode.Br;
                case Opcode.Br:
                    var label = code.Labels[a];
                    Move(machine, code, top - label.Types.Length, operands + label.Height, label.Types.Length);
                    top = operands + label.Height + label.Types.Length;
                    position = label.Position;
                    break;
                case Opcode.Return:
                    Move(machine, code, top - code.Results, locals, code.Results);
                    stack += code.StackCost;
                    if (!machine.Pop(out var frame)) return;
                    top = locals + code.Results;
                    function = frame.Function;
                    position = frame.Position;
                    instance = function.Instance;
                    code = function.Code;
                    instructions = code.Instructions;
                    locals = machine.Bottom + frame.Locals;
                    operands = locals + code.Locals;
                    counts = instance.CountsFuel;
                    references = code.HasReferences;
                    break;
                case Opcode.Call:
                case Opcode.CallIndirect:
                    var callee = instruction.Opcode == Opcode.Call
                        ? instance.FunctionAt(a)
                        : Indirect(instance, instance.Module.Types[a], instruction.B, (uint)*--top);
                    var arguments = top - callee.Type.Parameters.Length;
                    if (callee is InterpretedFunction next)
                    {
                        machine.Push(function, position, (int)(locals - machine.Bottom));
                        function = next;
                        locals = arguments;
                        goto enter;
                    }

                    if (store.Interrupted) throw TrapException.Of(TrapKind.Interrupted);
                    CallOutside(machine, callee, arguments, stack);
                    top = arguments + callee.Type.Results.Length;
                    break;
                case Opcode.Drop:
                    top--;
                    break;
                case Opcode.Select:
                    if ((uint)*--top == 0) Move(machine, code, top - 1, top - 2, 1);
                    top--;
                    break;
                case Opcode.LocalGet:
                    *top = locals[a];
                    if (references) MoveReference(machine, locals + a, top);
                    top++;
                    break;
                case Opcode.LocalSet:
                    locals[a] = *--top;
                    if (references) MoveReference(machine, top, locals + a);
                    break;
                case Opcode.LocalTee:
                    locals[a] = top[-1];
                    if (references) MoveReference(machine, top - 1, locals + a);
                    break;
                case Opcode.GlobalGet:
                    var read = instance.Globals[a]!;
                    *top = read.Bits;
                    if (code.HasReferences) machine.References[top - machine.Bottom] = read.Reference;
                    top++;
                    break;
                case Opcode.GlobalSet:
                    var written = instance.Globals[a]!;
                    written.Bits = *--top;
                    if (code.HasReferences && IsReference(written.Type.Value)) written.Reference = machine.References[top - machine.Bottom];
                    break;
                case Opcode.I32Const:
                case Opcode.F32Const:
                    *top++ = (uint)instruction.Immediate;
                    break;
                case Opcode.I64Const:
                case Opcode.F64Const:
                    *top++ = instruction.Immediate;
                    break;
                case Opcode.RefNull:
                case Opcode.RefFunc:
                    *top = 0;
                    machine.References[top - machine.Bottom] = instruction.Opcode == Opcode.RefFunc ? instance.FunctionAt(a) : null;
                    top++;
                    break;
                case Opcode.RefIsNull:
                    top[-1] = machine.References[top - 1 - machine.Bottom] is null ? 1u : 0u;
                    break;

                // The most frequent operators have their own cases; all others are found by family.
                case Opcode.I32Add:
                    top--;
                    top[-1] = (uint)top[-1] + (uint)*top;
                    break;
                case Opcode.I32Sub:
                    top--;
                    top[-1] = (uint)top[-1] - (uint)*top;
                    break;
                case Opcode.I32And:
                    top--;
                    top[-1] &= *top;
                    break;
                case Opcode.I32Eqz:
                    top[-1] = top[-1] == 0 ? 1u : 0u;
                    break;
                case Opcode.I32Eq:
                    top--;
                    top[-1] = top[-1] == *top ? 1u : 0u;
                    break;
                case Opcode.I32Ne:
                    top--;
                    top[-1] = top[-1] != *top ? 1u : 0u;
                    break;
                case Opcode.I32LtU:
                    top--;
                    top[-1] = top[-1] < *top ? 1u : 0u;
                    break;
                case Opcode.I32GtU:
                    top--;
                    top[-1] = top[-1] > *top ? 1u : 0u;
                    break;
                case Opcode.I32Shl:
                    top--;
                    top[-1] = (uint)top[-1] << (int)*top;
                    break;
                case Opcode.I32Load:
                    top[-1] = *(uint*)At(instance.Memory!, top[-1], instruction.Immediate, 4);
                    break;
                case Opcode.I32Load8U:
                    top[-1] = *At(instance.Memory!, top[-1], instruction.Immediate, 1);
                    break;
                case Opcode.I32Store:
                    top -= 2;
                    *(uint*)At(instance.Memory!, *top, instruction.Immediate, 4) = (uint)top[1];
                    break;
                default:
                    top = ByFamily(machine, instance, in instruction, top);
                    break;
            }
        }
    }

    private static bool IsReference(ValueType type) => type is ValueType.FuncRef or ValueType.ExternRef;

    private static ulong* ByFamily(InterpreterStack machine, InterpretedInstance instance, in Instruction instruction, ulong* top) => instruction.Opcode switch
    {
        >= Opcode.MemoryInit or Opcode.TableGet or Opcode.TableSet or Opcode.MemoryGrow or Opcode.MemorySize => Bulk(machine, instance, in instruction, top),
        >= Opcode.I32Load and <= Opcode.I64Store32 => Access(instance.Memory!, in instruction, top),
        _ => Operate(instruction.Opcode, top, instance.Executable.Options.CanonicalNaN),
    };

    private static void MoveReference(InterpreterStack machine, ulong* from, ulong* to) =>
        machine.References[to - machine.Bottom] = machine.References[from - machine.Bottom];

    private static void Move(InterpreterStack machine, InterpretedCode code, ulong* from, ulong* to, int count)
    {
        if (count == 1) *to = *from;
        else new ReadOnlySpan<ulong>(from, count).CopyTo(new Span<ulong>(to, count));
        if (code.HasReferences) Array.Copy(machine.References, from - machine.Bottom, machine.References, to - machine.Bottom, count);
    }
}
