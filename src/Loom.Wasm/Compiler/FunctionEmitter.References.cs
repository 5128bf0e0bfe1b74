using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>Globals, references, tables, and the operations on whole ranges, which are calls of <see cref="BulkOperations"/>.</summary>
internal sealed partial class FunctionEmitter
{
    private void EmitGlobalGet(int index)
    {
        var type = module.Module.Globals[index];
        if (module.ConstantOf(index) is { } constant)
        {
            stack.Push(constant);
            return;
        }

        var field = module.PrivateGlobal(index);
        var node = new GlobalNode(
            type.Value,
            il =>
            {
                il.Emit(OpCodes.Ldarg_0);
                if (field is not null) il.Emit(OpCodes.Ldfld, field);
                else EmitReadShared(il, index, type.Value);
            });
        stack.Push(node);
    }

    private void EmitGlobalSet(int index)
    {
        var value = stack.Pop();
        stack.BeforeGlobalChanges();
        il.Emit(OpCodes.Ldarg_0);
        if (module.PrivateGlobal(index) is { } field)
        {
            value.Emit(il);
            il.Emit(OpCodes.Stfld, field);
            return;
        }

        EmitLoadShared(il, index);
        value.Emit(il);
        switch (value.Type)
        {
            case ValueType.I32:
                il.Emit(OpCodes.Conv_U8);
                break;
            case ValueType.F32:
                il.Emit(OpCodes.Call, Members.BitsOfFloat);
                il.Emit(OpCodes.Conv_U8);
                break;
            case ValueType.F64:
                il.Emit(OpCodes.Call, Members.BitsOfDouble);
                break;
        }

        il.Emit(OpCodes.Stfld, IsReference(value.Type) ? Members.GlobalReference : Members.GlobalBits);
    }

    private static void EmitLoadShared(ILGenerator il, int index)
    {
        il.Emit(OpCodes.Ldfld, Members.Globals);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
    }

    private static void EmitReadShared(ILGenerator il, int index, ValueType type)
    {
        EmitLoadShared(il, index);
        il.Emit(OpCodes.Ldfld, IsReference(type) ? Members.GlobalReference : Members.GlobalBits);
        switch (type)
        {
            case ValueType.I32:
                il.Emit(OpCodes.Conv_I4);
                break;
            case ValueType.F32:
                il.Emit(OpCodes.Conv_I4);
                il.Emit(OpCodes.Call, Members.OpaqueFloat);
                break;
            case ValueType.F64:
                il.Emit(OpCodes.Call, Members.DoubleFromBits);
                break;
        }
    }

    private static bool IsReference(ValueType type) => type is ValueType.FuncRef or ValueType.ExternRef;

    private bool EmitBulk(in Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.MemorySize:
                EmitMemorySize();
                return true;
            case Opcode.MemoryGrow:
                EmitBulkCall(nameof(BulkOperations.MemoryGrow), 1, ValueType.I32);
                return true;
            case Opcode.MemoryCopy:
                EmitBulkCall(nameof(BulkOperations.MemoryCopy), 3, null);
                return true;
            case Opcode.MemoryFill:
                EmitBulkCall(nameof(BulkOperations.MemoryFill), 3, null);
                return true;
            case Opcode.MemoryInit:
                EmitBulkCall(nameof(BulkOperations.MemoryInit), 3, null, instruction.A);
                return true;
            case Opcode.DataDrop:
                EmitBulkCall(nameof(BulkOperations.DataDrop), 0, null, instruction.A);
                return true;
            case Opcode.TableGet:
                EmitBulkCall(nameof(BulkOperations.TableGet), 1, module.Module.Tables[instruction.A].Element, instruction.A);
                return true;
            case Opcode.TableSet:
                EmitBulkCall(nameof(BulkOperations.TableSet), 2, null, instruction.A);
                return true;
            case Opcode.TableGrow:
                EmitBulkCall(nameof(BulkOperations.TableGrow), 2, ValueType.I32, instruction.A);
                return true;
            case Opcode.TableFill:
                EmitBulkCall(nameof(BulkOperations.TableFill), 3, null, instruction.A);
                return true;
            case Opcode.TableCopy:
                EmitBulkCall(nameof(BulkOperations.TableCopy), 3, null, instruction.A, instruction.B);
                return true;
            case Opcode.TableInit:
                EmitBulkCall(nameof(BulkOperations.TableInit), 3, null, instruction.A, instruction.B);
                return true;
            case Opcode.ElemDrop:
                EmitBulkCall(nameof(BulkOperations.ElemDrop), 0, null, instruction.A);
                return true;
            case Opcode.TableSize:
                EmitTableSize(instruction.A);
                return true;
            case Opcode.RefNull:
                stack.Push(new ConstantNode((ValueType)instruction.A, 0));
                return true;
            case Opcode.RefIsNull:
                stack.Push(new OperationNode(ValueType.I32, static il => { il.Emit(OpCodes.Ldnull); il.Emit(OpCodes.Ceq); }, stack.Pop()));
                return true;
            case Opcode.RefFunc:
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldc_I4, instruction.A);
                il.Emit(OpCodes.Call, Members.FunctionAt);
                stack.Push(stack.StoreTemporary(ValueType.FuncRef));
                return true;
            default:
                return false;
        }
    }

    private void EmitBulkCall(string name, int operands, ValueType? result, params ReadOnlySpan<int> indexes)
    {
        var arguments = new Node[operands];
        for (var i = operands - 1; i >= 0; i--) arguments[i] = stack.Pop();
        BeforeCall();
        il.Emit(OpCodes.Ldarg_0);
        foreach (var argument in arguments) argument.Emit(il);
        foreach (var index in indexes) il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Call, Members.Bulk(name));
        if (result is { } type) stack.Push(stack.StoreTemporary(type));
        EmitLoadFuel();
        memoryIsStale |= name == nameof(BulkOperations.MemoryGrow);
    }

    private void EmitMemorySize()
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.Memory);
        il.Emit(OpCodes.Ldfld, Members.MemoryLength);
        il.Emit(OpCodes.Ldc_I4, 16);
        il.Emit(OpCodes.Shr);
        il.Emit(OpCodes.Conv_I4);
        stack.Push(stack.StoreTemporary(ValueType.I32));
    }

    private void EmitTableSize(int table)
    {
        EmitLoadTable(table);
        il.Emit(OpCodes.Ldfld, Members.Elements);
        il.Emit(OpCodes.Ldlen);
        il.Emit(OpCodes.Conv_I4);
        stack.Push(stack.StoreTemporary(ValueType.I32));
    }

    private void EmitLoadTable(int table)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.Tables);
        il.Emit(OpCodes.Ldc_I4, table);
        il.Emit(OpCodes.Ldelem_Ref);
    }
}
