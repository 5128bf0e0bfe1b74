namespace Loom.Wasm;

// Operators on 32-bit floats.
internal static unsafe partial class Interpreter
{
    private static ulong* OperateF32(Opcode opcode, ulong* top, bool canonical)
    {
        switch (opcode)
        {
            case Opcode.F32Eq:
                top[-2] = F32(top - 2) == F32(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F32Ne:
                top[-2] = F32(top - 2) != F32(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F32Lt:
                top[-2] = F32(top - 2) < F32(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F32Gt:
                top[-2] = F32(top - 2) > F32(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F32Le:
                top[-2] = F32(top - 2) <= F32(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F32Ge:
                top[-2] = F32(top - 2) >= F32(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F32Abs:
                top[-1] = Bits(Numerics.F32Abs(F32(top - 1)), canonical: false);
                return top;
            case Opcode.F32Neg:
                top[-1] = Bits(Numerics.F32Neg(F32(top - 1)), canonical: false);
                return top;
            case Opcode.F32Ceil:
                top[-1] = Bits(Numerics.F32Ceil(F32(top - 1)), canonical);
                return top;
            case Opcode.F32Floor:
                top[-1] = Bits(Numerics.F32Floor(F32(top - 1)), canonical);
                return top;
            case Opcode.F32Trunc:
                top[-1] = Bits(Numerics.F32Trunc(F32(top - 1)), canonical);
                return top;
            case Opcode.F32Nearest:
                top[-1] = Bits(Numerics.F32Nearest(F32(top - 1)), canonical);
                return top;
            case Opcode.F32Sqrt:
                top[-1] = Bits(MathF.Sqrt(F32(top - 1)), canonical);
                return top;
            case Opcode.F32Add:
                top[-2] = Bits(F32(top - 2) + F32(top - 1), canonical);
                return top - 1;
            case Opcode.F32Sub:
                top[-2] = Bits(F32(top - 2) - F32(top - 1), canonical);
                return top - 1;
            case Opcode.F32Mul:
                top[-2] = Bits(F32(top - 2) * F32(top - 1), canonical);
                return top - 1;
            case Opcode.F32Div:
                top[-2] = Bits(F32(top - 2) / F32(top - 1), canonical);
                return top - 1;
            case Opcode.F32Min:
                top[-2] = Bits(Numerics.F32Min(F32(top - 2), F32(top - 1)), canonical);
                return top - 1;
            case Opcode.F32Max:
                top[-2] = Bits(Numerics.F32Max(F32(top - 2), F32(top - 1)), canonical);
                return top - 1;
            case Opcode.F32Copysign:
                top[-2] = Bits(Numerics.F32Copysign(F32(top - 2), F32(top - 1)), canonical: false);
                return top - 1;
            default:
                throw new InvalidOperationException($"The interpreter does not know the instruction {opcode}.");
        }
    }

    private static float F32(ulong* slot) => *(float*)slot;

    private static ulong Bits(float value, bool canonical) => BitConverter.SingleToUInt32Bits(canonical ? Numerics.Canonical(value) : value);
}
