namespace Loom.Wasm;

// Operators on 64-bit floats.
internal static unsafe partial class Interpreter
{
    private static ulong* OperateF64(Opcode opcode, ulong* top, bool canonical)
    {
        switch (opcode)
        {
            case Opcode.F64Eq:
                top[-2] = F64(top - 2) == F64(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F64Ne:
                top[-2] = F64(top - 2) != F64(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F64Lt:
                top[-2] = F64(top - 2) < F64(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F64Gt:
                top[-2] = F64(top - 2) > F64(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F64Le:
                top[-2] = F64(top - 2) <= F64(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F64Ge:
                top[-2] = F64(top - 2) >= F64(top - 1) ? 1u : 0u;
                return top - 1;
            case Opcode.F64Abs:
                top[-1] = Bits(Numerics.F64Abs(F64(top - 1)), canonical: false);
                return top;
            case Opcode.F64Neg:
                top[-1] = Bits(Numerics.F64Neg(F64(top - 1)), canonical: false);
                return top;
            case Opcode.F64Ceil:
                top[-1] = Bits(Numerics.F64Ceil(F64(top - 1)), canonical);
                return top;
            case Opcode.F64Floor:
                top[-1] = Bits(Numerics.F64Floor(F64(top - 1)), canonical);
                return top;
            case Opcode.F64Trunc:
                top[-1] = Bits(Numerics.F64Trunc(F64(top - 1)), canonical);
                return top;
            case Opcode.F64Nearest:
                top[-1] = Bits(Numerics.F64Nearest(F64(top - 1)), canonical);
                return top;
            case Opcode.F64Sqrt:
                top[-1] = Bits(Math.Sqrt(F64(top - 1)), canonical);
                return top;
            case Opcode.F64Add:
                top[-2] = Bits(F64(top - 2) + F64(top - 1), canonical);
                return top - 1;
            case Opcode.F64Sub:
                top[-2] = Bits(F64(top - 2) - F64(top - 1), canonical);
                return top - 1;
            case Opcode.F64Mul:
                top[-2] = Bits(F64(top - 2) * F64(top - 1), canonical);
                return top - 1;
            case Opcode.F64Div:
                top[-2] = Bits(F64(top - 2) / F64(top - 1), canonical);
                return top - 1;
            case Opcode.F64Min:
                top[-2] = Bits(Numerics.F64Min(F64(top - 2), F64(top - 1)), canonical);
                return top - 1;
            case Opcode.F64Max:
                top[-2] = Bits(Numerics.F64Max(F64(top - 2), F64(top - 1)), canonical);
                return top - 1;
            case Opcode.F64Copysign:
                top[-2] = Bits(Numerics.F64Copysign(F64(top - 2), F64(top - 1)), canonical: false);
                return top - 1;
            default:
                throw new InvalidOperationException($"The interpreter does not know the instruction {opcode}.");
        }
    }

    private static double F64(ulong* slot) => *(double*)slot;

    private static ulong Bits(double value, bool canonical) => BitConverter.DoubleToUInt64Bits(canonical ? Numerics.Canonical(value) : value);
}
