namespace Loom.Wasm;

/// <summary>A value at the edge of the engine.</summary>
public readonly struct Value
{
    private Value(ValueType type, ulong bits, object? reference)
    {
        Type = type;
        Bits = bits;
        Reference = reference;
    }

    /// <summary>Its type.</summary>
    public ValueType Type { get; }

    /// <summary>The bits of a number: the upper half is zero for 32-bit types, and all is for references.</summary>
    public ulong Bits { get; }

    /// <summary>The object behind a reference, or null for a null reference and for numbers.</summary>
    public object? Reference { get; }

    /// <summary>A 32-bit integer.</summary>
    public static Value I32(int value) => new(ValueType.I32, (uint)value, null);

    /// <summary>A 64-bit integer.</summary>
    public static Value I64(long value) => new(ValueType.I64, (ulong)value, null);

    /// <summary>A 32-bit float.</summary>
    public static Value F32(float value) => new(ValueType.F32, BitConverter.SingleToUInt32Bits(value), null);

    /// <summary>A 64-bit float.</summary>
    public static Value F64(double value) => new(ValueType.F64, BitConverter.DoubleToUInt64Bits(value), null);

    /// <summary>A number of any type, from its bits.</summary>
    public static Value Number(ValueType type, ulong bits) =>
        new(type, type is ValueType.I32 or ValueType.F32 ? (uint)bits : bits, null);

    /// <summary>A reference to something of the embedder's, or null.</summary>
    public static Value Extern(object? reference) => new(ValueType.ExternRef, 0, reference);

    /// <summary>A reference to a function, or null.</summary>
    public static Value Func(Function? function) => new(ValueType.FuncRef, 0, function);

    /// <summary>A reference of either type.</summary>
    internal static Value Ref(ValueType type, object? reference) => new(type, 0, reference);

    /// <summary>The zero or null of a type.</summary>
    public static Value Zero(ValueType type) => new(type, 0, null);

    /// <summary>The value as a 32-bit integer.</summary>
    public int AsI32() => (int)Bits;

    /// <summary>The value as a 64-bit integer.</summary>
    public long AsI64() => (long)Bits;

    /// <summary>The value as a 32-bit float.</summary>
    public float AsF32() => BitConverter.UInt32BitsToSingle((uint)Bits);

    /// <summary>The value as a 64-bit float.</summary>
    public double AsF64() => BitConverter.UInt64BitsToDouble(Bits);
}
