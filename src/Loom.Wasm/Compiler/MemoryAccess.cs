using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>A kind of load or store.</summary>
/// <param name="Type">The type of the value.</param>
/// <param name="Bytes">How many bytes it touches.</param>
/// <param name="Access">The instruction behind the pointer.</param>
/// <param name="Conversion">What follows a load, or comes before a store; <see cref="OpCodes.Nop"/> for nothing.</param>
internal sealed record MemoryAccess(ValueType Type, int Bytes, OpCode Access, OpCode Conversion)
{
    private static readonly Dictionary<Opcode, MemoryAccess> Loads = new()
    {
        [Opcode.I32Load] = new(ValueType.I32, 4, OpCodes.Ldind_I4, OpCodes.Nop),
        [Opcode.I64Load] = new(ValueType.I64, 8, OpCodes.Ldind_I8, OpCodes.Nop),
        [Opcode.F32Load] = new(ValueType.F32, 4, OpCodes.Ldind_R4, OpCodes.Nop),
        [Opcode.F64Load] = new(ValueType.F64, 8, OpCodes.Ldind_R8, OpCodes.Nop),
        [Opcode.I32Load8S] = new(ValueType.I32, 1, OpCodes.Ldind_I1, OpCodes.Nop),
        [Opcode.I32Load8U] = new(ValueType.I32, 1, OpCodes.Ldind_U1, OpCodes.Nop),
        [Opcode.I32Load16S] = new(ValueType.I32, 2, OpCodes.Ldind_I2, OpCodes.Nop),
        [Opcode.I32Load16U] = new(ValueType.I32, 2, OpCodes.Ldind_U2, OpCodes.Nop),
        [Opcode.I64Load8S] = new(ValueType.I64, 1, OpCodes.Ldind_I1, OpCodes.Conv_I8),
        [Opcode.I64Load8U] = new(ValueType.I64, 1, OpCodes.Ldind_U1, OpCodes.Conv_U8),
        [Opcode.I64Load16S] = new(ValueType.I64, 2, OpCodes.Ldind_I2, OpCodes.Conv_I8),
        [Opcode.I64Load16U] = new(ValueType.I64, 2, OpCodes.Ldind_U2, OpCodes.Conv_U8),
        [Opcode.I64Load32S] = new(ValueType.I64, 4, OpCodes.Ldind_I4, OpCodes.Conv_I8),
        [Opcode.I64Load32U] = new(ValueType.I64, 4, OpCodes.Ldind_U4, OpCodes.Conv_U8),
    };

    private static readonly Dictionary<Opcode, MemoryAccess> Stores = new()
    {
        [Opcode.I32Store] = new(ValueType.I32, 4, OpCodes.Stind_I4, OpCodes.Nop),
        [Opcode.I64Store] = new(ValueType.I64, 8, OpCodes.Stind_I8, OpCodes.Nop),
        [Opcode.F32Store] = new(ValueType.F32, 4, OpCodes.Stind_R4, OpCodes.Nop),
        [Opcode.F64Store] = new(ValueType.F64, 8, OpCodes.Stind_R8, OpCodes.Nop),
        [Opcode.I32Store8] = new(ValueType.I32, 1, OpCodes.Stind_I1, OpCodes.Nop),
        [Opcode.I32Store16] = new(ValueType.I32, 2, OpCodes.Stind_I2, OpCodes.Nop),
        [Opcode.I64Store8] = new(ValueType.I64, 1, OpCodes.Stind_I1, OpCodes.Conv_I4),
        [Opcode.I64Store16] = new(ValueType.I64, 2, OpCodes.Stind_I2, OpCodes.Conv_I4),
        [Opcode.I64Store32] = new(ValueType.I64, 4, OpCodes.Stind_I4, OpCodes.Conv_I4),
    };

    public static bool FindLoad(Opcode opcode, out MemoryAccess access) => Loads.TryGetValue(opcode, out access!);

    public static bool FindStore(Opcode opcode, out MemoryAccess access) => Stores.TryGetValue(opcode, out access!);

    /// <summary>Loads from the pointer on the evaluation stack, or stores the value that lies above it.</summary>
    public void Emit(ILGenerator il)
    {
        var stores = Access.StackBehaviourPush == StackBehaviour.Push0;
        if (stores) EmitConversion(il);
        // The guest's addresses need not be aligned.
        if (Bytes > 1) il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(Access);
        if (!stores) EmitConversion(il);
    }

    private void EmitConversion(ILGenerator il)
    {
        if (Conversion != OpCodes.Nop) il.Emit(Conversion);
    }
}
