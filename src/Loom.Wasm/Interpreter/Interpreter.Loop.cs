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
                    Move(machine, code, locals + a, top++, 1);
                    break;
                case Opcode.LocalSet:
                    Move(machine, code, --top, locals + a, 1);
                    break;
                case Opcode.LocalTee:
                    Move(machine, code, top - 1, locals + a, 1);
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
                case >= Opcode.MemoryInit or Opcode.TableGet or Opcode.TableSet or Opcode.MemoryGrow or Opcode.MemorySize:
                    top = Bulk(machine, instance, in instruction, top);
                    break;
                case >= Opcode.I32Load and <= Opcode.I64Store32:
                    top = Access(instance.Memory!, in instruction, top);
                    break;
                default:
                    top = Operate(instruction.Opcode, top, instance.Executable.Options.CanonicalNaN);
                    break;
            }
        }
    }

    private static bool IsReference(ValueType type) => type is ValueType.FuncRef or ValueType.ExternRef;

    private static void Move(InterpreterStack machine, InterpretedCode code, ulong* from, ulong* to, int count)
    {
        if (count == 1) *to = *from;
        else new ReadOnlySpan<ulong>(from, count).CopyTo(new Span<ulong>(to, count));
        if (code.HasReferences) Array.Copy(machine.References, from - machine.Bottom, machine.References, to - machine.Bottom, count);
    }
}
