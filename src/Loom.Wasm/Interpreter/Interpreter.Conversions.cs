namespace Loom.Wasm;

// Which family of operators an instruction belongs to, and the family that has one operand of one type and a result of another.
internal static unsafe partial class Interpreter
{
    private static ulong* Operate(Opcode opcode, ulong* top, bool canonical)
    {
        if (opcode <= Opcode.I32GeU || (opcode >= Opcode.I32Clz && opcode <= Opcode.I32Rotr)) return OperateI32(opcode, top);
        if (opcode <= Opcode.I64GeU || (opcode >= Opcode.I64Clz && opcode <= Opcode.I64Rotr)) return OperateI64(opcode, top);
        if (opcode <= Opcode.F32Ge || (opcode >= Opcode.F32Abs && opcode <= Opcode.F32Copysign)) return OperateF32(opcode, top, canonical);
        if (opcode <= Opcode.F64Ge || (opcode >= Opcode.F64Abs && opcode <= Opcode.F64Copysign)) return OperateF64(opcode, top, canonical);
        top[-1] = Convert(opcode, top - 1, canonical);
        return top;
    }

    private static ulong Convert(Opcode opcode, ulong* slot, bool canonical)
    {
        var x = *slot;
        return opcode switch
        {
            Opcode.I32WrapI64 => (uint)x,
            Opcode.I32TruncF32S => (uint)Numerics.I32TruncF32S(F32(slot)),
            Opcode.I32TruncSatF32S => (uint)Numerics.I32TruncSatF32S(F32(slot)),
            Opcode.I32TruncF32U => (uint)Numerics.I32TruncF32U(F32(slot)),
            Opcode.I32TruncSatF32U => (uint)Numerics.I32TruncSatF32U(F32(slot)),
            Opcode.I32TruncF64S => (uint)Numerics.I32TruncF64S(F64(slot)),
            Opcode.I32TruncSatF64S => (uint)Numerics.I32TruncSatF64S(F64(slot)),
            Opcode.I32TruncF64U => (uint)Numerics.I32TruncF64U(F64(slot)),
            Opcode.I32TruncSatF64U => (uint)Numerics.I32TruncSatF64U(F64(slot)),
            Opcode.I64TruncF32S => (ulong)Numerics.I64TruncF32S(F32(slot)),
            Opcode.I64TruncSatF32S => (ulong)Numerics.I64TruncSatF32S(F32(slot)),
            Opcode.I64TruncF32U => (ulong)Numerics.I64TruncF32U(F32(slot)),
            Opcode.I64TruncSatF32U => (ulong)Numerics.I64TruncSatF32U(F32(slot)),
            Opcode.I64TruncF64S => (ulong)Numerics.I64TruncF64S(F64(slot)),
            Opcode.I64TruncSatF64S => (ulong)Numerics.I64TruncSatF64S(F64(slot)),
            Opcode.I64TruncF64U => (ulong)Numerics.I64TruncF64U(F64(slot)),
            Opcode.I64TruncSatF64U => (ulong)Numerics.I64TruncSatF64U(F64(slot)),
            Opcode.I64ExtendI32S => (ulong)(int)x,
            Opcode.I64ExtendI32U => (uint)x,
            Opcode.F32ConvertI32S => Bits(Numerics.F32ConvertI32S((int)x), canonical: false),
            Opcode.F32ConvertI32U => Bits(Numerics.F32ConvertI32U((uint)x), canonical: false),
            Opcode.F32ConvertI64S => Bits(Numerics.F32ConvertI64S((long)x), canonical: false),
            Opcode.F32ConvertI64U => Bits(Numerics.F32ConvertI64U(x), canonical: false),
            Opcode.F64ConvertI32S => Bits((double)(int)x, canonical: false),
            Opcode.F64ConvertI32U => Bits(Numerics.F64ConvertI32U((uint)x), canonical: false),
            Opcode.F64ConvertI64S => Bits((double)(long)x, canonical: false),
            Opcode.F64ConvertI64U => Bits(Numerics.F64ConvertI64U(x), canonical: false),
            Opcode.F32DemoteF64 => Bits((float)F64(slot), canonical),
            Opcode.F64PromoteF32 => Bits((double)F32(slot), canonical),
            Opcode.I32ReinterpretF32 or Opcode.I64ReinterpretF64 or Opcode.F32ReinterpretI32 or Opcode.F64ReinterpretI64 => x,
            Opcode.I32Extend8S => (uint)(sbyte)x,
            Opcode.I32Extend16S => (uint)(short)x,
            Opcode.I64Extend8S => (ulong)(sbyte)x,
            Opcode.I64Extend16S => (ulong)(short)x,
            Opcode.I64Extend32S => (ulong)(int)x,
            _ => throw new InvalidOperationException($"The interpreter does not know the instruction {opcode}."),
        };
    }
}
