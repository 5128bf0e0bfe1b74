namespace Loom.Wasm;

/// <summary>What a simple instruction takes from the stack, deepest operand first, and what it puts there. The value 0 stands for nothing.</summary>
internal readonly record struct Signature(ValueType First, ValueType Second, ValueType Third, ValueType Result)
{
    /// <summary>How many operands it takes.</summary>
    public int Operands => First == 0 ? 0 : Second == 0 ? 1 : Third == 0 ? 2 : 3;
}

/// <summary>Bytes of the binary format that stand for structure and have no <see cref="Opcode"/>.</summary>
internal static class Structure
{
    public const byte Block = 0x02;
    public const byte Loop = 0x03;
    public const byte If = 0x04;
    public const byte Else = 0x05;
    public const byte End = 0x0b;
    public const byte TypedSelect = 0x1c;
    public const byte Prefix = 0xfc;
}

/// <summary>The types of all instructions whose types do not depend on the module: numeric ones, accesses of memory, bulk operations.</summary>
internal static class Operators
{
    private const ValueType None = 0;
    private const ValueType I32 = ValueType.I32;
    private const ValueType I64 = ValueType.I64;
    private const ValueType F32 = ValueType.F32;
    private const ValueType F64 = ValueType.F64;

    private const int PrefixedCount = 18;

    // One byte opcodes, then those behind the prefix 0xfc.
    private static readonly Signature[] Signatures = new Signature[256 + PrefixedCount];
    private static readonly bool[] Simple = new bool[256 + PrefixedCount];
    private static readonly bool[] Known = new bool[256];

    // Exponent of the bytes that an access touches, from i32.load to i64.store32.
    private static readonly byte[] Widths = [2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2];

    static Operators()
    {
        AddMemory();
        AddIntegers();
        AddFloats();
        AddConversions();
        foreach (var opcode in Enum.GetValues<Opcode>())
        {
            if ((int)opcode < 256) Known[(int)opcode] = true;
        }

        foreach (var structure in (ReadOnlySpan<byte>)[Structure.Block, Structure.Loop, Structure.If, Structure.Else, Structure.End, Structure.TypedSelect, Structure.Prefix]) Known[structure] = true;
    }

    /// <summary>Whether an instruction's types are fixed, so that <see cref="SignatureOf"/> knows them.</summary>
    public static bool IsSimple(Opcode opcode) => Place(opcode) is var place and >= 0 && Simple[place];

    /// <summary>What a simple instruction takes and gives; all zero for others.</summary>
    public static Signature SignatureOf(Opcode opcode) => Place(opcode) is var place and >= 0 ? Signatures[place] : default;

    /// <summary>The same, for an opcode of one byte.</summary>
    public static ref readonly Signature OfByte(byte opcode) => ref Signatures[opcode];

    /// <summary>Whether an opcode of one byte is simple.</summary>
    public static bool IsSimple(byte opcode) => Simple[opcode];

    /// <summary>Whether a byte starts an instruction.</summary>
    public static bool IsKnown(byte opcode) => Known[opcode];

    /// <summary>Whether an instruction loads from or stores to memory, with an alignment and an offset.</summary>
    public static bool IsAccess(Opcode opcode) => opcode is >= Opcode.I32Load and <= Opcode.I64Store32;

    /// <summary>The exponent of the number of bytes that a load or store touches: its natural alignment.</summary>
    public static int WidthOf(Opcode access) => Widths[access - Opcode.I32Load];

    /// <summary>The instruction as the text format writes it, as far as its name tells.</summary>
    public static string NameOf(Opcode opcode) => opcode.ToString();

    private static int Place(Opcode opcode) => (int)opcode switch
    {
        < 256 => (int)opcode,
        >= 0xfc00 and < 0xfc00 + PrefixedCount => (int)opcode - 0xfc00 + 256,
        _ => -1,
    };

    private static void Add(Opcode first, Opcode last, ValueType a, ValueType b, ValueType result, ValueType c = None)
    {
        for (var opcode = first; opcode <= last; opcode++)
        {
            Signatures[Place(opcode)] = new Signature(a, b, c, result);
            Simple[Place(opcode)] = true;
        }
    }

    private static void AddMemory()
    {
        Add(Opcode.I32Load, Opcode.I32Load, I32, None, I32);
        Add(Opcode.I64Load, Opcode.I64Load, I32, None, I64);
        Add(Opcode.F32Load, Opcode.F32Load, I32, None, F32);
        Add(Opcode.F64Load, Opcode.F64Load, I32, None, F64);
        Add(Opcode.I32Load8S, Opcode.I32Load16U, I32, None, I32);
        Add(Opcode.I64Load8S, Opcode.I64Load32U, I32, None, I64);
        Add(Opcode.I32Store, Opcode.I32Store, I32, I32, None);
        Add(Opcode.I64Store, Opcode.I64Store, I32, I64, None);
        Add(Opcode.F32Store, Opcode.F32Store, I32, F32, None);
        Add(Opcode.F64Store, Opcode.F64Store, I32, F64, None);
        Add(Opcode.I32Store8, Opcode.I32Store16, I32, I32, None);
        Add(Opcode.I64Store8, Opcode.I64Store32, I32, I64, None);
        Add(Opcode.MemorySize, Opcode.MemorySize, None, None, I32);
        Add(Opcode.MemoryGrow, Opcode.MemoryGrow, I32, None, I32);
        Add(Opcode.MemoryInit, Opcode.MemoryInit, I32, I32, None, I32);
        Add(Opcode.DataDrop, Opcode.DataDrop, None, None, None);
        Add(Opcode.MemoryCopy, Opcode.MemoryFill, I32, I32, None, I32);
        Add(Opcode.TableInit, Opcode.TableInit, I32, I32, None, I32);
        Add(Opcode.ElemDrop, Opcode.ElemDrop, None, None, None);
        Add(Opcode.TableCopy, Opcode.TableCopy, I32, I32, None, I32);
        Add(Opcode.TableSize, Opcode.TableSize, None, None, I32);
    }

    private static void AddIntegers()
    {
        Add(Opcode.I32Const, Opcode.I32Const, None, None, I32);
        Add(Opcode.I64Const, Opcode.I64Const, None, None, I64);
        Add(Opcode.I32Eqz, Opcode.I32Eqz, I32, None, I32);
        Add(Opcode.I32Eq, Opcode.I32GeU, I32, I32, I32);
        Add(Opcode.I64Eqz, Opcode.I64Eqz, I64, None, I32);
        Add(Opcode.I64Eq, Opcode.I64GeU, I64, I64, I32);
        Add(Opcode.I32Clz, Opcode.I32Popcnt, I32, None, I32);
        Add(Opcode.I32Add, Opcode.I32Rotr, I32, I32, I32);
        Add(Opcode.I64Clz, Opcode.I64Popcnt, I64, None, I64);
        Add(Opcode.I64Add, Opcode.I64Rotr, I64, I64, I64);
        Add(Opcode.I32Extend8S, Opcode.I32Extend16S, I32, None, I32);
        Add(Opcode.I64Extend8S, Opcode.I64Extend32S, I64, None, I64);
    }

    private static void AddFloats()
    {
        Add(Opcode.F32Const, Opcode.F32Const, None, None, F32);
        Add(Opcode.F64Const, Opcode.F64Const, None, None, F64);
        Add(Opcode.F32Eq, Opcode.F32Ge, F32, F32, I32);
        Add(Opcode.F64Eq, Opcode.F64Ge, F64, F64, I32);
        Add(Opcode.F32Abs, Opcode.F32Sqrt, F32, None, F32);
        Add(Opcode.F32Add, Opcode.F32Copysign, F32, F32, F32);
        Add(Opcode.F64Abs, Opcode.F64Sqrt, F64, None, F64);
        Add(Opcode.F64Add, Opcode.F64Copysign, F64, F64, F64);
    }

    private static void AddConversions()
    {
        Add(Opcode.I32WrapI64, Opcode.I32WrapI64, I64, None, I32);
        Add(Opcode.I32TruncF32S, Opcode.I32TruncF32U, F32, None, I32);
        Add(Opcode.I32TruncF64S, Opcode.I32TruncF64U, F64, None, I32);
        Add(Opcode.I64ExtendI32S, Opcode.I64ExtendI32U, I32, None, I64);
        Add(Opcode.I64TruncF32S, Opcode.I64TruncF32U, F32, None, I64);
        Add(Opcode.I64TruncF64S, Opcode.I64TruncF64U, F64, None, I64);
        Add(Opcode.F32ConvertI32S, Opcode.F32ConvertI32U, I32, None, F32);
        Add(Opcode.F32ConvertI64S, Opcode.F32ConvertI64U, I64, None, F32);
        Add(Opcode.F32DemoteF64, Opcode.F32DemoteF64, F64, None, F32);
        Add(Opcode.F64ConvertI32S, Opcode.F64ConvertI32U, I32, None, F64);
        Add(Opcode.F64ConvertI64S, Opcode.F64ConvertI64U, I64, None, F64);
        Add(Opcode.F64PromoteF32, Opcode.F64PromoteF32, F32, None, F64);
        Add(Opcode.I32ReinterpretF32, Opcode.I32ReinterpretF32, F32, None, I32);
        Add(Opcode.I64ReinterpretF64, Opcode.I64ReinterpretF64, F64, None, I64);
        Add(Opcode.F32ReinterpretI32, Opcode.F32ReinterpretI32, I32, None, F32);
        Add(Opcode.F64ReinterpretI64, Opcode.F64ReinterpretI64, I64, None, F64);
        Add(Opcode.I32TruncSatF32S, Opcode.I32TruncSatF32U, F32, None, I32);
        Add(Opcode.I32TruncSatF64S, Opcode.I32TruncSatF64U, F64, None, I32);
        Add(Opcode.I64TruncSatF32S, Opcode.I64TruncSatF32U, F32, None, I64);
        Add(Opcode.I64TruncSatF64S, Opcode.I64TruncSatF64U, F64, None, I64);
    }
}
