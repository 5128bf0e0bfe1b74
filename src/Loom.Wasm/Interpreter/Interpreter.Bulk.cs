namespace Loom.Wasm;

// Instructions on memories and tables as a whole.
internal static unsafe partial class Interpreter
{
    private static ulong* Bulk(InterpreterStack machine, InterpretedInstance instance, in Instruction instruction, ulong* top)
    {
        var a = instruction.A;
        switch (instruction.Opcode)
        {
            case Opcode.MemorySize:
                *top = (uint)instance.Memory!.Pages;
                return top + 1;
            case Opcode.MemoryGrow:
                top[-1] = (uint)BulkOperations.MemoryGrow(instance, (int)top[-1]);
                return top;
            case Opcode.MemoryCopy:
                BulkOperations.MemoryCopy(instance, (int)top[-3], (int)top[-2], (int)top[-1]);
                return top - 3;
            case Opcode.MemoryFill:
                BulkOperations.MemoryFill(instance, (int)top[-3], (int)top[-2], (int)top[-1]);
                return top - 3;
            case Opcode.MemoryInit:
                BulkOperations.MemoryInit(instance, (int)top[-3], (int)top[-2], (int)top[-1], a);
                return top - 3;
            case Opcode.DataDrop:
                BulkOperations.DataDrop(instance, a);
                return top;
            case Opcode.TableInit:
                BulkOperations.TableInit(instance, (int)top[-3], (int)top[-2], (int)top[-1], a, instruction.B);
                return top - 3;
            case Opcode.ElemDrop:
                BulkOperations.ElemDrop(instance, a);
                return top;
            case Opcode.TableCopy:
                BulkOperations.TableCopy(instance, (int)top[-3], (int)top[-2], (int)top[-1], a, instruction.B);
                return top - 3;
            case Opcode.TableGrow:
                top[-2] = (uint)BulkOperations.TableGrow(instance, Reference(machine, top - 2), (int)top[-1], a);
                return top - 1;
            case Opcode.TableSize:
                *top = (uint)instance.Tables[a].Count;
                return top + 1;
            case Opcode.TableFill:
                BulkOperations.TableFill(instance, (int)top[-3], Reference(machine, top - 2), (int)top[-1], a);
                return top - 3;
            case Opcode.TableGet:
                Reference(machine, top - 1) = BulkOperations.TableGet(instance, (int)top[-1], a);
                top[-1] = 0;
                return top;
            case Opcode.TableSet:
                BulkOperations.TableSet(instance, (int)top[-2], Reference(machine, top - 1), a);
                return top - 2;
            default:
                throw new InvalidOperationException($"The interpreter does not know the instruction {instruction.Opcode}.");
        }
    }

    private static ref object? Reference(InterpreterStack machine, ulong* slot) => ref machine.References[slot - machine.Bottom];
}
