namespace Loom.Wasm;

/// <summary>What is wrong with a module.</summary>
public enum InvalidModuleKind
{
    /// <summary>The bytes are no module: they break the rules of the binary format (WebAssembly 2.0, 5).</summary>
    Malformed,

    /// <summary>The bytes are a module that breaks the rules of validation (WebAssembly 2.0, 3).</summary>
    Invalid,

    /// <summary>The module passes a limit of <see cref="ModuleLimits"/>.</summary>
    TooLarge,
}

/// <summary>Why a module was refused.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Offset">The byte at which it was noticed.</param>
/// <param name="Message">What is wrong in words, naming the thing.</param>
public sealed record ModuleRefusal(InvalidModuleKind Kind, int Offset, string Message)
{
    /// <summary>The refusal in one line.</summary>
    public override string ToString() => $"{Kind switch
    {
        InvalidModuleKind.Malformed => "malformed module",
        InvalidModuleKind.Invalid => "invalid module",
        _ => "module too large",
    }} at byte {Offset}: {Message}";
}

/// <summary>A module was refused.</summary>
public sealed class InvalidModuleException : Exception
{
    internal InvalidModuleException(InvalidModuleKind kind, int offset, string message)
        : this(new ModuleRefusal(kind, offset, message))
    {
    }

    private InvalidModuleException(ModuleRefusal refusal)
        : base(refusal.ToString()) => Refusal = refusal;

    /// <summary>Why.</summary>
    public ModuleRefusal Refusal { get; }

    /// <summary>What is wrong.</summary>
    public InvalidModuleKind Kind => Refusal.Kind;

    /// <summary>The byte at which it was noticed.</summary>
    public int Offset => Refusal.Offset;
}
