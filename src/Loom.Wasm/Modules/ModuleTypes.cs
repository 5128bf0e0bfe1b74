namespace Loom.Wasm;

/// <summary>The type of a value; the numbers are those of the binary format (WebAssembly 2.0, 5.3).</summary>
public enum ValueType : byte
{
    /// <summary>A 32-bit integer.</summary>
    I32 = 0x7f,

    /// <summary>A 64-bit integer.</summary>
    I64 = 0x7e,

    /// <summary>A 32-bit float (IEEE 754 binary32).</summary>
    F32 = 0x7d,

    /// <summary>A 64-bit float (IEEE 754 binary64).</summary>
    F64 = 0x7c,

    /// <summary>A reference to a function, or null.</summary>
    FuncRef = 0x70,

    /// <summary>A reference to something of the embedder's, or null.</summary>
    ExternRef = 0x6f,
}

/// <summary>What may be imported and exported; the numbers are those of the binary format.</summary>
public enum ExternalKind : byte
{
    /// <summary>A function.</summary>
    Function = 0,

    /// <summary>A table.</summary>
    Table = 1,

    /// <summary>A linear memory.</summary>
    Memory = 2,

    /// <summary>A global variable.</summary>
    Global = 3,
}

/// <summary>How small and how large a table or a memory may be.</summary>
/// <param name="Minimum">The size at the start: elements, or pages of 64 KiB.</param>
/// <param name="Maximum">The size it may grow to, or null when the module states none.</param>
public readonly record struct Limits(uint Minimum, uint? Maximum);

/// <summary>The type of a table.</summary>
/// <param name="Element">What it holds: <see cref="ValueType.FuncRef"/> or <see cref="ValueType.ExternRef"/>.</param>
/// <param name="Limits">Its size in elements.</param>
public readonly record struct TableType(ValueType Element, Limits Limits);

/// <summary>The type of a global variable.</summary>
/// <param name="Value">The type of its value.</param>
/// <param name="Mutable">Whether it may change after instantiation.</param>
public readonly record struct GlobalType(ValueType Value, bool Mutable);

/// <summary>Something that a module needs from outside.</summary>
/// <param name="Module">The first name.</param>
/// <param name="Name">The second name.</param>
/// <param name="Kind">What it is. Its type is the next one of that kind in the module's index space.</param>
public sealed record Import(string Module, string Name, ExternalKind Kind);

/// <summary>Something that a module gives to the outside.</summary>
/// <param name="Name">Its name, unique in the module.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Its place in the module's index space of that kind (imports come first).</param>
public sealed record Export(string Name, ExternalKind Kind, int Index);

/// <summary>A custom section as it stands in the module.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">What follows the name.</param>
public sealed record CustomSection(string Name, ReadOnlyMemory<byte> Bytes);
