namespace Loom.Wasm;

// Loads and stores. Both are little endian in WebAssembly, as on every processor that .NET runs on but one (s390x, which is not supported).
internal static unsafe partial class Interpreter
{
    private static ulong* Access(LinearMemory memory, in Instruction instruction, ulong* top)
    {
        var stored = instruction.Opcode >= Opcode.I32Store;
        var at = At(memory, top[stored ? -2 : -1], instruction.Immediate, Size(instruction.Opcode));
        if (stored)
        {
            Store(instruction.Opcode, at, top[-1]);
            return top - 2;
        }

        top[-1] = Load(instruction.Opcode, at);
        return top;
    }

    /// <summary>The address of an access, which must lie in the memory as a whole.</summary>
    private static byte* At(LinearMemory memory, ulong address, ulong offset, uint size)
    {
        // An address of 32 bits and an offset of 32 bits do not wrap.
        address += offset;
        if (address + size > (ulong)memory.Length) Numerics.Trap(TrapKind.MemoryOutOfBounds);
        return memory.Base + address;
    }

    private static uint Size(Opcode opcode) => opcode switch
    {
        Opcode.I32Load8S or Opcode.I32Load8U or Opcode.I64Load8S or Opcode.I64Load8U or Opcode.I32Store8 or Opcode.I64Store8 => 1,
        Opcode.I32Load16S or Opcode.I32Load16U or Opcode.I64Load16S or Opcode.I64Load16U or Opcode.I32Store16 or Opcode.I64Store16 => 2,
        Opcode.I64Load or Opcode.F64Load or Opcode.I64Store or Opcode.F64Store => 8,
        _ => 4,
    };

    private static ulong Load(Opcode opcode, byte* at) => opcode switch
    {
        Opcode.I32Load or Opcode.F32Load or Opcode.I64Load32U => *(uint*)at,
        Opcode.I64Load or Opcode.F64Load => *(ulong*)at,
        Opcode.I32Load8S => (uint)*(sbyte*)at,
        Opcode.I32Load8U or Opcode.I64Load8U => *at,
        Opcode.I32Load16S => (uint)*(short*)at,
        Opcode.I32Load16U or Opcode.I64Load16U => *(ushort*)at,
        Opcode.I64Load8S => (ulong)*(sbyte*)at,
        Opcode.I64Load16S => (ulong)*(short*)at,
        _ => (ulong)*(int*)at, // I64Load32S
    };

    private static void Store(Opcode opcode, byte* at, ulong value)
    {
        switch (Size(opcode))
        {
            case 1:
                *at = (byte)value;
                break;
            case 2:
                *(ushort*)at = (ushort)value;
                break;
            case 4:
                *(uint*)at = (uint)value;
                break;
            default:
                *(ulong*)at = value;
                break;
        }
    }
}
