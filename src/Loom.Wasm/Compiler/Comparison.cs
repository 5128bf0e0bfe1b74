using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>How two numbers are compared: as a branch, and as a value 0 or 1.</summary>
internal sealed class Comparison
{
    private Comparison(OpCode branch, OpCode value, bool inverted)
    {
        Branch = branch;
        this.value = value;
        this.inverted = inverted;
    }

    private readonly OpCode value;
    private readonly bool inverted;

    /// <summary>The instruction that branches when it holds.</summary>
    public OpCode Branch { get; }

    /// <summary>The comparison that holds exactly where this one does not, also for NaN.</summary>
    public Comparison Negated { get; private set; } = null!;

    public static Comparison Equal { get; }

    public static Comparison NotEqual { get; }

    public static Comparison Less { get; }

    public static Comparison LessUnsigned { get; }

    public static Comparison Greater { get; }

    public static Comparison GreaterUnsigned { get; }

    public static Comparison LessOrEqual { get; }

    public static Comparison LessOrEqualUnsigned { get; }

    public static Comparison GreaterOrEqual { get; }

    public static Comparison GreaterOrEqualUnsigned { get; }

    /// <summary>For floats: false where one of them is NaN, unlike the negation of <c>&gt;</c>.</summary>
    public static Comparison FloatLessOrEqual { get; }

    /// <summary>For floats: false where one of them is NaN, unlike the negation of <c>&lt;</c>.</summary>
    public static Comparison FloatGreaterOrEqual { get; }

    /// <summary>For floats: IL's unsigned forms hold where one of them is NaN.</summary>
    static Comparison()
    {
        (Equal, NotEqual) = Pair(new(OpCodes.Beq, OpCodes.Ceq, false), new(OpCodes.Bne_Un, OpCodes.Ceq, true));
        (Less, GreaterOrEqual) = Pair(new(OpCodes.Blt, OpCodes.Clt, false), new(OpCodes.Bge, OpCodes.Clt, true));
        (Greater, LessOrEqual) = Pair(new(OpCodes.Bgt, OpCodes.Cgt, false), new(OpCodes.Ble, OpCodes.Cgt, true));
        (LessUnsigned, GreaterOrEqualUnsigned) = Pair(new(OpCodes.Blt_Un, OpCodes.Clt_Un, false), new(OpCodes.Bge_Un, OpCodes.Clt_Un, true));
        (GreaterUnsigned, LessOrEqualUnsigned) = Pair(new(OpCodes.Bgt_Un, OpCodes.Cgt_Un, false), new(OpCodes.Ble_Un, OpCodes.Cgt_Un, true));
        (FloatLess, _) = Pair(new(OpCodes.Blt, OpCodes.Clt, false), new(OpCodes.Bge_Un, OpCodes.Clt, true));
        (FloatGreater, _) = Pair(new(OpCodes.Bgt, OpCodes.Cgt, false), new(OpCodes.Ble_Un, OpCodes.Cgt, true));
        (FloatLessOrEqual, _) = Pair(new(OpCodes.Ble, OpCodes.Cgt_Un, true), new(OpCodes.Bgt_Un, OpCodes.Cgt_Un, false));
        (FloatGreaterOrEqual, _) = Pair(new(OpCodes.Bge, OpCodes.Clt_Un, true), new(OpCodes.Blt_Un, OpCodes.Clt_Un, false));
    }

    public static Comparison FloatLess { get; }

    public static Comparison FloatGreater { get; }

    private static (Comparison First, Comparison Second) Pair(Comparison first, Comparison second)
    {
        (first.Negated, second.Negated) = (second, first);
        return (first, second);
    }

    /// <summary>Takes two numbers from the evaluation stack and puts 0 or 1 there.</summary>
    public void EmitValue(ILGenerator il)
    {
        il.Emit(value);
        if (!inverted) return;
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ceq);
    }
}
