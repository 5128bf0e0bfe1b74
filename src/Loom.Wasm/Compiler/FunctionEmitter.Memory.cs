using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>Loads and stores. Each checks its bounds against the memory's size, unless the same local was checked as far before.</summary>
internal sealed partial class FunctionEmitter
{
    // For each local the end of the furthest access that is known to lie within the memory, as an offset from the local's value.
    private readonly Dictionary<int, ulong> boundsChecked = [];

    // How many instructions a check looks ahead, so that the time to compile stays proportional to the code.
    private const int MostAhead = 128;

    private LocalBuilder? memoryBase;
    private LocalBuilder? memoryLength;

    // Whether the two locals above may be out of date: a call may have grown the memory.
    private bool memoryIsStale;

    private bool EmitMemoryAccess(in Instruction instruction)
    {
        if (MemoryAccess.FindLoad(instruction.Opcode, out var load))
        {
            EmitLoad(load, instruction.Immediate);
            return true;
        }

        if (MemoryAccess.FindStore(instruction.Opcode, out var store))
        {
            EmitStore(store, instruction.Immediate);
            return true;
        }

        return false;
    }

    private void EmitLoad(MemoryAccess access, ulong offset)
    {
        var address = CheckedAddress(stack.Pop(), offset, access.Bytes);
        stack.Push(new LoadNode(
            access.Type,
            address,
            (il, from) =>
            {
                EmitPointer(il, from, offset);
                access.Emit(il);
            }));
    }

    private void EmitStore(MemoryAccess access, ulong offset)
    {
        var value = stack.Pop();
        var address = CheckedAddress(stack.Pop(), offset, access.Bytes);
        stack.BeforeMemoryChanges();
        EmitPointer(il, address, offset);
        value.Emit(il);
        access.Emit(il);
    }

    private void EmitPointer(ILGenerator il, Node address, ulong offset)
    {
        il.Emit(OpCodes.Ldloc, memoryBase!);
        if (address is ConstantNode constant)
        {
            offset += constant.Bits;
        }
        else
        {
            address.Emit(il);
            if (address.Type == ValueType.I32) il.Emit(OpCodes.Conv_U8);
            il.Emit(OpCodes.Conv_U);
            il.Emit(OpCodes.Add);
        }

        if (offset == 0) return;
        il.Emit(OpCodes.Ldc_I8, (long)offset);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
    }

    // The address as something that can be read twice (a variable, or a temporary with all 64 bits), with all bytes of the access known to lie within the memory.
    private Node CheckedAddress(Node address, ulong offset, int bytes)
    {
        EmitRefreshMemory();
        if (!address.IsSimple) address = stack.Evaluate(new OperationNode(ValueType.I64, static il => il.Emit(OpCodes.Conv_U8), address));
        var end = offset + (ulong)bytes;
        if (address is LocalNode local)
        {
            if (boundsChecked.TryGetValue(local.Index, out var known) && known >= end) return address;
            end = Math.Max(end, FurthestAhead(local.Index, end));
            boundsChecked[local.Index] = end;
        }

        // address > size - end, signed: the right side is the same for many accesses, and the just-in-time compiler computes it once.
        EmitKeep(address);
        if (address.Type == ValueType.I32) il.Emit(OpCodes.Conv_U8);
        il.Emit(OpCodes.Ldloc, memoryLength!);
        il.Emit(OpCodes.Ldc_I8, (long)end);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Bgt, traps.Of(TrapKind.MemoryOutOfBounds));
        return address;
    }

    /// <summary>
    /// The furthest end among the loads from the same local that follow before anything else can be seen to happen: one check covers them all,
    /// since it makes no difference which of them traps.
    /// </summary>
    private ulong FurthestAhead(int local, ulong end)
    {
        for (var i = position + 1; i < Math.Min(position + MostAhead, code.Instructions.Length); i++)
        {
            ref readonly var instruction = ref code.Instructions[i];
            switch (instruction.Opcode)
            {
                case Opcode.LocalGet when instruction.A == local && i + 1 < code.Instructions.Length:
                    ref readonly var next = ref code.Instructions[i + 1];
                    if (MemoryAccess.FindLoad(next.Opcode, out var load)) end = Math.Max(end, next.Immediate + (ulong)load.Bytes);
                    break;
                case Opcode.LocalSet or Opcode.LocalTee when instruction.A == local:
                    return end;
                default:
                    if (!IsQuiet(instruction.Opcode)) return end;
                    break;
            }
        }

        return end;
    }

    // Instructions that can neither trap (other than for the bounds of a load) nor be seen from outside nor branch.
    private static bool IsQuiet(Opcode opcode) =>
        opcode is Opcode.LocalGet or Opcode.LocalSet or Opcode.LocalTee or Opcode.GlobalGet
            or Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.Drop or Opcode.Select or Opcode.Nop
        || Operations.Find(opcode, out _) || Operations.FindComparison(opcode, out _) || MemoryAccess.FindLoad(opcode, out _)
        || opcode is Opcode.I32Eqz or Opcode.I64Eqz;

    private void DeclareMemory()
    {
        foreach (ref readonly var instruction in code.Instructions.AsSpan())
        {
            if (!MemoryAccess.FindLoad(instruction.Opcode, out _) && !MemoryAccess.FindStore(instruction.Opcode, out _)) continue;
            memoryBase = il.DeclareLocal(typeof(byte*));
            memoryLength = il.DeclareLocal(typeof(long));
            memoryIsStale = true;
            EmitRefreshMemory();
            return;
        }
    }

    private void EmitRefreshMemory()
    {
        if (!memoryIsStale || memoryBase is null) return;
        foreach (var (field, local) in new[] { (Members.MemoryBase, memoryBase), (Members.MemoryLength, memoryLength!) })
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, Members.Memory);
            il.Emit(OpCodes.Ldfld, field);
            il.Emit(OpCodes.Stloc, local);
        }

        memoryIsStale = false;
    }
}
