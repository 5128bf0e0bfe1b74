namespace Loom.Wasm;

/// <summary>How an initial value is made (the constant expressions of WebAssembly 2.0 without SIMD are single instructions).</summary>
internal enum ConstantKind : byte
{
    /// <summary>A number: <see cref="ConstantExpression.Bits"/> holds its bits.</summary>
    Number,

    /// <summary>The value of the imported immutable global with that index.</summary>
    Global,

    /// <summary>A reference to the function with that index.</summary>
    Function,

    /// <summary>The null reference.</summary>
    Null,
}

/// <summary>An initial value.</summary>
/// <param name="Kind">How it is made.</param>
/// <param name="Type">Its type.</param>
/// <param name="Bits">The number's bits, or the index.</param>
internal readonly record struct ConstantExpression(ConstantKind Kind, ValueType Type, ulong Bits);

/// <summary>When a segment is used.</summary>
internal enum SegmentMode : byte
{
    /// <summary>Copied at instantiation.</summary>
    Active,

    /// <summary>Copied by <c>memory.init</c> or <c>table.init</c>.</summary>
    Passive,

    /// <summary>Only declares functions as referable (elements).</summary>
    Declarative,
}

/// <summary>An element segment.</summary>
/// <param name="Mode">When it is used.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Table">The table of an active one.</param>
/// <param name="Offset">Where an active one goes.</param>
/// <param name="Items">Its elements.</param>
internal sealed record ElementSegment(SegmentMode Mode, ValueType Type, int Table, ConstantExpression Offset, ConstantExpression[] Items);

/// <summary>A data segment.</summary>
/// <param name="Mode">When it is used: active or passive.</param>
/// <param name="Memory">The memory of an active one (always 0).</param>
/// <param name="Offset">Where an active one goes.</param>
/// <param name="Bytes">Its bytes, a slice of the module.</param>
internal sealed record DataSegment(SegmentMode Mode, int Memory, ConstantExpression Offset, ReadOnlyMemory<byte> Bytes);

/// <summary>A function's body as it stands in the module.</summary>
/// <param name="Offset">Byte offset of <paramref name="Bytes"/> in the module.</param>
/// <param name="Bytes">Declarations of locals and instructions, a slice of the module.</param>
internal readonly record struct FunctionBody(int Offset, ReadOnlyMemory<byte> Bytes);
