using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Loom.Wasm;

/// <summary>A decoded and validated WebAssembly module. Immutable; may be shared by threads.</summary>
public sealed class WasmModule
{
    internal WasmModule(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>Decodes and validates a module.</summary>
    /// <param name="bytes">The module in the binary format; copied, so that it cannot change afterwards.</param>
    /// <param name="limits">How large it may be; <see cref="ModuleLimits.Default"/> when null.</param>
    /// <exception cref="InvalidModuleException">It is malformed, invalid or too large.</exception>
    public static WasmModule Load(ReadOnlyMemory<byte> bytes, ModuleLimits? limits = null)
    {
        limits ??= ModuleLimits.Default;
        if (bytes.Length > limits.Bytes) throw new InvalidModuleException(InvalidModuleKind.TooLarge, limits.Bytes, $"the module has {bytes.Length} bytes, the limit is {limits.Bytes}");
        var module = new ModuleDecoder(bytes.ToArray(), limits).Decode();
        var validator = new FunctionValidator(module);
        for (var i = 0; i < module.Bodies.Length; i++) validator.Check(i);
        return module;
    }

    /// <summary>Decodes and validates a module; a refusal is a value.</summary>
    /// <param name="bytes">The module in the binary format; copied, so that it cannot change afterwards.</param>
    /// <param name="limits">How large it may be; <see cref="ModuleLimits.Default"/> when null.</param>
    /// <param name="module">The module, when it is sound.</param>
    /// <param name="refusal">Why it is not, when it is not.</param>
    public static bool TryLoad(
        ReadOnlyMemory<byte> bytes,
        ModuleLimits? limits,
        [NotNullWhen(true)] out WasmModule? module,
        [NotNullWhen(false)] out ModuleRefusal? refusal)
    {
        try
        {
            module = Load(bytes, limits);
            refusal = null;
            return true;
        }
        catch (InvalidModuleException e)
        {
            module = null;
            refusal = e.Refusal;
            return false;
        }
    }

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

    /// <summary>All sections, in order.</summary>
    public IReadOnlyList<SectionInfo> Sections { get; internal init; } = [];

    /// <summary>How large it was allowed to be.</summary>
    public ModuleLimits Limits { get; internal init; } = ModuleLimits.Default;

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

    /// <summary>The number of data segments that the data count section announces, or null without one.</summary>
    internal int? DataCount { get; init; }

    /// <summary>Functions that are named outside of bodies: <c>ref.func</c> may name only these.</summary>
    internal HashSet<int> DeclaredFunctions { get; init; } = [];

    /// <summary>
    /// The validated code of one of the module's own functions. Made from the bytes on each call: the module keeps no second form of its code.
    /// </summary>
    internal FunctionCode Code(int body) => new FunctionValidator(this).Emit(body);
}
