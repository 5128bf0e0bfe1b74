using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>An operation without effects that cannot trap: what it takes, what it gives, and its IL.</summary>
/// <param name="Operands">Types of its operands.</param>
/// <param name="Result">Type of its result.</param>
/// <param name="Emit">Takes the operands from the evaluation stack and puts the result there.</param>
/// <param name="MayGiveNaN">Whether its result may be a NaN whose bits the specification leaves open.</param>
internal sealed record Operation(ValueType[] Operands, ValueType Result, Action<ILGenerator> Emit, bool MayGiveNaN = false);

/// <summary>The operations on numbers that are plain instructions or calls of pure functions.</summary>
internal static class Operations
{
    private const ValueType I32 = ValueType.I32;
    private const ValueType I64 = ValueType.I64;
    private const ValueType F32 = ValueType.F32;
    private const ValueType F64 = ValueType.F64;

    private static readonly Dictionary<Opcode, Operation> Table = Build();

    private static readonly Dictionary<Opcode, (ValueType Type, Comparison Comparison)> ComparisonTable = new()
    {
        [Opcode.I32Eq] = (I32, Comparison.Equal),
        [Opcode.I32Ne] = (I32, Comparison.NotEqual),
        [Opcode.I32LtS] = (I32, Comparison.Less),
        [Opcode.I32LtU] = (I32, Comparison.LessUnsigned),
        [Opcode.I32GtS] = (I32, Comparison.Greater),
        [Opcode.I32GtU] = (I32, Comparison.GreaterUnsigned),
        [Opcode.I32LeS] = (I32, Comparison.LessOrEqual),
        [Opcode.I32LeU] = (I32, Comparison.LessOrEqualUnsigned),
        [Opcode.I32GeS] = (I32, Comparison.GreaterOrEqual),
        [Opcode.I32GeU] = (I32, Comparison.GreaterOrEqualUnsigned),
        [Opcode.I64Eq] = (I64, Comparison.Equal),
        [Opcode.I64Ne] = (I64, Comparison.NotEqual),
        [Opcode.I64LtS] = (I64, Comparison.Less),
        [Opcode.I64LtU] = (I64, Comparison.LessUnsigned),
        [Opcode.I64GtS] = (I64, Comparison.Greater),
        [Opcode.I64GtU] = (I64, Comparison.GreaterUnsigned),
        [Opcode.I64LeS] = (I64, Comparison.LessOrEqual),
        [Opcode.I64LeU] = (I64, Comparison.LessOrEqualUnsigned),
        [Opcode.I64GeS] = (I64, Comparison.GreaterOrEqual),
        [Opcode.I64GeU] = (I64, Comparison.GreaterOrEqualUnsigned),
        [Opcode.F32Eq] = (F32, Comparison.Equal),
        [Opcode.F32Ne] = (F32, Comparison.NotEqual),
        [Opcode.F32Lt] = (F32, Comparison.FloatLess),
        [Opcode.F32Gt] = (F32, Comparison.FloatGreater),
        [Opcode.F32Le] = (F32, Comparison.FloatLessOrEqual),
        [Opcode.F32Ge] = (F32, Comparison.FloatGreaterOrEqual),
        [Opcode.F64Eq] = (F64, Comparison.Equal),
        [Opcode.F64Ne] = (F64, Comparison.NotEqual),
        [Opcode.F64Lt] = (F64, Comparison.FloatLess),
        [Opcode.F64Gt] = (F64, Comparison.FloatGreater),
        [Opcode.F64Le] = (F64, Comparison.FloatLessOrEqual),
        [Opcode.F64Ge] = (F64, Comparison.FloatGreaterOrEqual),
    };

    public static bool Find(Opcode opcode, out Operation operation) => Table.TryGetValue(opcode, out operation!);

    public static bool FindComparison(Opcode opcode, out (ValueType Type, Comparison Comparison) comparison) => ComparisonTable.TryGetValue(opcode, out comparison);

    private static Dictionary<Opcode, Operation> Build()
    {
        var table = new Dictionary<Opcode, Operation>();
        AddIntegers(table);
        AddFloats(table);
        AddConversions(table);
        return table;
    }

    private static void AddIntegers(Dictionary<Opcode, Operation> table)
    {
        foreach (var (wide, type, first) in new[] { (false, I32, Opcode.I32Clz), (true, I64, Opcode.I64Clz) })
        {
            // The operators on i64 stand in the same order as those on i32.
            Opcode Same(Opcode opcode) => first + (opcode - Opcode.I32Clz);
            void Unary(Opcode opcode, Action<ILGenerator> emit) => table[Same(opcode)] = new([type], type, emit);
            void Binary(Opcode opcode, Action<ILGenerator> emit) => table[Same(opcode)] = new([type, type], type, emit);
            var unsigned = wide ? typeof(ulong) : typeof(uint);

            Unary(Opcode.I32Clz, Count(nameof(BitOperations.LeadingZeroCount), unsigned, wide));
            Unary(Opcode.I32Ctz, Count(nameof(BitOperations.TrailingZeroCount), unsigned, wide));
            Unary(Opcode.I32Popcnt, Count(nameof(BitOperations.PopCount), unsigned, wide));
            Binary(Opcode.I32Add, Plain(OpCodes.Add));
            Binary(Opcode.I32Sub, Plain(OpCodes.Sub));
            Binary(Opcode.I32Mul, Plain(OpCodes.Mul));
            Binary(Opcode.I32And, Plain(OpCodes.And));
            Binary(Opcode.I32Or, Plain(OpCodes.Or));
            Binary(Opcode.I32Xor, Plain(OpCodes.Xor));
            Binary(Opcode.I32Shl, Shift(OpCodes.Shl, wide));
            Binary(Opcode.I32ShrS, Shift(OpCodes.Shr, wide));
            Binary(Opcode.I32ShrU, Shift(OpCodes.Shr_Un, wide));
            Binary(Opcode.I32Rotl, Rotate(nameof(BitOperations.RotateLeft), unsigned, wide));
            Binary(Opcode.I32Rotr, Rotate(nameof(BitOperations.RotateRight), unsigned, wide));
        }

        table[Opcode.I32Extend8S] = new([I32], I32, Plain(OpCodes.Conv_I1));
        table[Opcode.I32Extend16S] = new([I32], I32, Plain(OpCodes.Conv_I2));
        table[Opcode.I64Extend8S] = new([I64], I64, Plain(OpCodes.Conv_I1, OpCodes.Conv_I8));
        table[Opcode.I64Extend16S] = new([I64], I64, Plain(OpCodes.Conv_I2, OpCodes.Conv_I8));
        table[Opcode.I64Extend32S] = new([I64], I64, Plain(OpCodes.Conv_I4, OpCodes.Conv_I8));
    }

    private static void AddFloats(Dictionary<Opcode, Operation> table)
    {
        foreach (var (type, net, math, first) in new[] { (F32, typeof(float), typeof(MathF), Opcode.F32Abs), (F64, typeof(double), typeof(Math), Opcode.F64Abs) })
        {
            Opcode Same(Opcode opcode) => first + (opcode - Opcode.F32Abs);
            var name = type.ToString();
            var cut = type == F32 ? OpCodes.Conv_R4 : OpCodes.Conv_R8;
            void Unary(Opcode opcode, Action<ILGenerator> emit, bool mayGiveNaN) => table[Same(opcode)] = new([type], type, emit, mayGiveNaN);
            void Binary(Opcode opcode, Action<ILGenerator> emit, bool mayGiveNaN) => table[Same(opcode)] = new([type, type], type, emit, mayGiveNaN);

            Unary(Opcode.F32Abs, Call(Members.Math(math, nameof(Math.Abs), net)), false);
            Unary(Opcode.F32Neg, Plain(OpCodes.Neg), false);
            Unary(Opcode.F32Ceil, Call(Members.Math(math, nameof(Math.Ceiling), net)), true);
            Unary(Opcode.F32Floor, Call(Members.Math(math, nameof(Math.Floor), net)), true);
            Unary(Opcode.F32Trunc, Call(Members.Math(math, nameof(Math.Truncate), net)), true);
            Unary(Opcode.F32Nearest, Call(Members.Numerics(name + "Nearest")), true);
            Unary(Opcode.F32Sqrt, Call(Members.Math(math, nameof(Math.Sqrt), net)), true);
            Binary(Opcode.F32Add, Plain(OpCodes.Add, cut), true);
            Binary(Opcode.F32Sub, Plain(OpCodes.Sub, cut), true);
            Binary(Opcode.F32Mul, Plain(OpCodes.Mul, cut), true);
            Binary(Opcode.F32Div, Plain(OpCodes.Div, cut), true);
            Binary(Opcode.F32Min, Call(Members.Numerics(name + "Min")), true);
            Binary(Opcode.F32Max, Call(Members.Numerics(name + "Max")), true);
            Binary(Opcode.F32Copysign, Call(Members.Numerics(name + "Copysign")), false);
        }
    }

    private static void AddConversions(Dictionary<Opcode, Operation> table)
    {
        void Add(Opcode opcode, ValueType from, ValueType to, Action<ILGenerator> emit, bool mayGiveNaN = false) =>
            table[opcode] = new([from], to, emit, mayGiveNaN);
        void Named(Opcode opcode, ValueType from, ValueType to) => Add(opcode, from, to, Call(Members.Numerics(opcode.ToString())));

        Add(Opcode.I32WrapI64, I64, I32, Plain(OpCodes.Conv_I4));
        Add(Opcode.I64ExtendI32S, I32, I64, Plain(OpCodes.Conv_I8));
        Add(Opcode.I64ExtendI32U, I32, I64, Plain(OpCodes.Conv_U8));
        Add(Opcode.F32ConvertI32S, I32, F32, Plain(OpCodes.Conv_R4));
        Named(Opcode.F32ConvertI32U, I32, F32);
        Add(Opcode.F32ConvertI64S, I64, F32, Plain(OpCodes.Conv_R4));
        Named(Opcode.F32ConvertI64U, I64, F32);
        Add(Opcode.F32DemoteF64, F64, F32, Plain(OpCodes.Conv_R4), true);
        Add(Opcode.F64ConvertI32S, I32, F64, Plain(OpCodes.Conv_R8));
        Add(Opcode.F64ConvertI32U, I32, F64, Plain(OpCodes.Conv_R_Un, OpCodes.Conv_R8));
        Add(Opcode.F64ConvertI64S, I64, F64, Plain(OpCodes.Conv_R8));
        Named(Opcode.F64ConvertI64U, I64, F64);
        Add(Opcode.F64PromoteF32, F32, F64, Call(Members.OpaquePromote), true);
        Add(Opcode.I32ReinterpretF32, F32, I32, Call(Members.BitsOfFloat));
        Add(Opcode.I64ReinterpretF64, F64, I64, Call(Members.BitsOfDouble));
        Add(Opcode.F32ReinterpretI32, I32, F32, Call(Members.OpaqueFloat));
        Add(Opcode.F64ReinterpretI64, I64, F64, Call(Members.DoubleFromBits));
        Named(Opcode.I32TruncSatF32S, F32, I32);
        Named(Opcode.I32TruncSatF32U, F32, I32);
        Named(Opcode.I32TruncSatF64S, F64, I32);
        Named(Opcode.I32TruncSatF64U, F64, I32);
        Named(Opcode.I64TruncSatF32S, F32, I64);
        Named(Opcode.I64TruncSatF32U, F32, I64);
        Named(Opcode.I64TruncSatF64S, F64, I64);
        Named(Opcode.I64TruncSatF64U, F64, I64);
    }

    private static Action<ILGenerator> Plain(OpCode instruction) => il => il.Emit(instruction);

    private static Action<ILGenerator> Plain(OpCode first, OpCode second) => il =>
    {
        il.Emit(first);
        il.Emit(second);
    };

    private static Action<ILGenerator> Call(MethodInfo method) => il => il.Emit(OpCodes.Call, method);

    private static Action<ILGenerator> Count(string name, Type unsigned, bool wide)
    {
        var method = Members.Bits(name, unsigned);
        return il =>
        {
            il.Emit(OpCodes.Call, method);
            if (wide) il.Emit(OpCodes.Conv_I8);
        };
    }

    // The specification takes the count modulo the width; the processor does so too, and the mask goes away again.
    private static Action<ILGenerator> Shift(OpCode instruction, bool wide) => il =>
    {
        EmitCount(il, wide);
        il.Emit(instruction);
    };

    private static Action<ILGenerator> Rotate(string name, Type unsigned, bool wide)
    {
        var method = Members.Bits(name, unsigned, typeof(int));
        return il =>
        {
            EmitCount(il, wide);
            il.Emit(OpCodes.Call, method);
        };
    }

    private static void EmitCount(ILGenerator il, bool wide)
    {
        if (wide) il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ldc_I4, wide ? 63 : 31);
        il.Emit(OpCodes.And);
    }
}
