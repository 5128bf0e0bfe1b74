using System.Security.Cryptography;

namespace Loom.Wasm;

/// <summary>A decoded and validated WebAssembly module. Immutable; may be shared by threads.</summary>
public sealed class WasmModule
{
    internal WasmModule(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The module as it was given.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The SHA-256 of <see cref="Bytes"/>: the module's name.</summary>
    public byte[] Hash() => SHA256.HashData(Bytes.Span);

    /// <summary>What it needs, in order.</summary>
    public IReadOnlyList<Import> Imports { get; internal init; } = [];

    /// <summary>What it gives, in order.</summary>
    public IReadOnlyList<Export> Exports { get; internal init; } = [];

    /// <summary>Types of all functions, imported ones first.</summary>
    public IReadOnlyList<FunctionType> Functions => FunctionTypes;

    /// <summary>Types of all tables, imported ones first.</summary>
    public IReadOnlyList<TableType> Tables { get; internal init; } = [];

    /// <summary>Sizes of all memories in pages of 64 KiB, imported ones first; at most one.</summary>
    public IReadOnlyList<Limits> Memories { get; internal init; } = [];

    /// <summary>Types of all globals, imported ones first.</summary>
    public IReadOnlyList<GlobalType> Globals { get; internal init; } = [];

    /// <summary>The custom sections, in order.</summary>
    public IReadOnlyList<CustomSection> CustomSections { get; internal init; } = [];

    /// <summary>The type section; equal types are one object.</summary>
    internal FunctionType[] Types { get; init; } = [];

    /// <summary>Types of all functions, imported ones first; the objects are those of <see cref="Types"/>.</summary>
    internal FunctionType[] FunctionTypes { get; init; } = [];

    /// <summary>Number of imported functions: function <c>i</c> of the module has body <c>i - ImportedFunctions</c>.</summary>
    internal int ImportedFunctions { get; init; }

    /// <summary>Number of imported tables.</summary>
    internal int ImportedTables { get; init; }

    /// <summary>Number of imported memories.</summary>
    internal int ImportedMemories { get; init; }

    /// <summary>Number of imported globals.</summary>
    internal int ImportedGlobals { get; init; }

    /// <summary>Initial values of the module's own globals.</summary>
    internal ConstantExpression[] GlobalValues { get; init; } = [];

    /// <summary>The function that runs at instantiation, or null.</summary>
    internal int? Start { get; init; }

    /// <summary>The element segments.</summary>
    internal ElementSegment[] Elements { get; init; } = [];

    /// <summary>The data segments.</summary>
    internal DataSegment[] Data { get; init; } = [];

    /// <summary>Bodies of the module's own functions.</summary>
    internal FunctionBody[] Bodies { get; init; } = [];
}
