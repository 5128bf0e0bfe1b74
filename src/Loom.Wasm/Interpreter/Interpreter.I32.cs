using System.Numerics;

namespace Loom.Wasm;

// Operators on 32-bit integers.
internal static unsafe partial class Interpreter
{
    private static ulong* OperateI32(Opcode opcode, ulong* top)
    {
        switch (opcode)
        {
            case Opcode.I32Eqz:
                top[-1] = (uint)top[-1] == 0 ? 1u : 0u;
                return top;
            case Opcode.I32Eq:
                top[-2] = (uint)top[-2] == (uint)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32Ne:
                top[-2] = (uint)top[-2] != (uint)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32LtS:
                top[-2] = (int)top[-2] < (int)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32LtU:
                top[-2] = (uint)top[-2] < (uint)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32GtS:
                top[-2] = (int)top[-2] > (int)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32GtU:
                top[-2] = (uint)top[-2] > (uint)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32LeS:
                top[-2] = (int)top[-2] <= (int)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32LeU:
                top[-2] = (uint)top[-2] <= (uint)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32GeS:
                top[-2] = (int)top[-2] >= (int)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32GeU:
                top[-2] = (uint)top[-2] >= (uint)top[-1] ? 1u : 0u;
                return top - 1;
            case Opcode.I32Clz:
                top[-1] = (uint)BitOperations.LeadingZeroCount((uint)top[-1]);
                return top;
            case Opcode.I32Ctz:
                top[-1] = (uint)BitOperations.TrailingZeroCount((uint)top[-1]);
                return top;
            case Opcode.I32Popcnt:
                top[-1] = (uint)BitOperations.PopCount((uint)top[-1]);
                return top;
            case Opcode.I32Add:
                top[-2] = (uint)top[-2] + (uint)top[-1];
                return top - 1;
            case Opcode.I32Sub:
                top[-2] = (uint)top[-2] - (uint)top[-1];
                return top - 1;
            case Opcode.I32Mul:
                top[-2] = (uint)top[-2] * (uint)top[-1];
                return top - 1;
            case Opcode.I32DivS:
                top[-2] = (uint)Numerics.I32DivS((int)top[-2], (int)top[-1]);
                return top - 1;
            case Opcode.I32DivU:
                top[-2] = Numerics.I32DivU((uint)top[-2], (uint)top[-1]);
                return top - 1;
            case Opcode.I32RemS:
                top[-2] = (uint)Numerics.I32RemS((int)top[-2], (int)top[-1]);
                return top - 1;
            case Opcode.I32RemU:
                top[-2] = Numerics.I32RemU((uint)top[-2], (uint)top[-1]);
                return top - 1;
            case Opcode.I32And:
                top[-2] = (uint)top[-2] & (uint)top[-1];
                return top - 1;
            case Opcode.I32Or:
                top[-2] = (uint)top[-2] | (uint)top[-1];
                return top - 1;
            case Opcode.I32Xor:
                top[-2] = (uint)top[-2] ^ (uint)top[-1];
                return top - 1;
            case Opcode.I32Shl:
                top[-2] = (uint)top[-2] << (int)top[-1];
                return top - 1;
            case Opcode.I32ShrS:
                top[-2] = (uint)((int)top[-2] >> (int)top[-1]);
                return top - 1;
            case Opcode.I32ShrU:
                top[-2] = (uint)top[-2] >> (int)top[-1];
                return top - 1;
            case Opcode.I32Rotl:
                top[-2] = BitOperations.RotateLeft((uint)top[-2], (int)top[-1]);
                return top - 1;
            case Opcode.I32Rotr:
                top[-2] = BitOperations.RotateRight((uint)top[-2], (int)top[-1]);
                return top - 1;
            default:
                throw new InvalidOperationException($"The interpreter does not know the instruction {opcode}.");
        }
    }
}
