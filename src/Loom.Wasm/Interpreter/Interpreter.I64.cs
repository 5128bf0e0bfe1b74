using System.Numerics;

namespace Loom.Wasm;

// Operators on 64-bit integers.
internal static unsafe partial class Interpreter
{
    private static ulong* OperateI64(Opcode opcode, ulong* top)
    {
        switch (opcode)
        {
            case Opcode.I64Eqz:
                top[-1] = top[-1] == 0 ? 1u : 0u;
                return top;
            case Opcode.I64Eq:
                top[-2] = top[-2] == top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64Ne:
                top[-2] = top[-2] != top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64LtS:
                top[-2] = (long)top[-2] < (long)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64LtU:
                top[-2] = top[-2] < top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64GtS:
                top[-2] = (long)top[-2] > (long)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64GtU:
                top[-2] = top[-2] > top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64LeS:
                top[-2] = (long)top[-2] <= (long)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64LeU:
                top[-2] = top[-2] <= top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64GeS:
                top[-2] = (long)top[-2] >= (long)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64GeU:
                top[-2] = top[-2] >= top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I64Clz:
                top[-1] = (ulong)BitOperations.LeadingZeroCount(top[-1]);
                return top;
            case Opcode.I64Ctz:
                top[-1] = (ulong)BitOperations.TrailingZeroCount(top[-1]);
                return top;
            case Opcode.I64Popcnt:
                top[-1] = (ulong)BitOperations.PopCount(top[-1]);
                return top;
            case Opcode.I64Add:
                top[-2] = top[-2] + top[-1];
                return top - 1;
            case Opcode.I64Sub:
                top[-2] = top[-2] - top[-1];
                return top - 1;
            case Opcode.I64Mul:
                top[-2] = top[-2] * top[-1];
                return top - 1;
            case Opcode.I64DivS:
                top[-2] = (ulong)Numerics.I64DivS((long)top[-2], (long)top[-1]);
                return top - 1;
            case Opcode.I64DivU:
                top[-2] = Numerics.I64DivU(top[-2], top[-1]);
                return top - 1;
            case Opcode.I64RemS:
                top[-2] = (ulong)Numerics.I64RemS((long)top[-2], (long)top[-1]);
                return top - 1;
            case Opcode.I64RemU:
                top[-2] = Numerics.I64RemU(top[-2], top[-1]);
                return top - 1;
            case Opcode.I64And:
                top[-2] = top[-2] & top[-1];
                return top - 1;
            case Opcode.I64Or:
                top[-2] = top[-2] | top[-1];
                return top - 1;
            case Opcode.I64Xor:
                top[-2] = top[-2] ^ top[-1];
                return top - 1;
            case Opcode.I64Shl:
                top[-2] = top[-2] << (int)top[-1];
                return top - 1;
            case Opcode.I64ShrS:
                top[-2] = (ulong)((long)top[-2] >> (int)top[-1]);
                return top - 1;
            case Opcode.I64ShrU:
                top[-2] = top[-2] >> (int)top[-1];
                return top - 1;
            case Opcode.I64Rotl:
                top[-2] = BitOperations.RotateLeft(top[-2], (int)top[-1]);
                return top - 1;
            case Opcode.I64Rotr:
                top[-2] = BitOperations.RotateRight(top[-2], (int)top[-1]);
                return top - 1;
            default:
                throw new InvalidOperationException($"The interpreter does not know the instruction {opcode}.");
        }
    }
}
