namespace Loom.Wasm;

/// <summary>Why a module is no machine.</summary>
public enum MachineRefusalKind
{
    /// <summary>It does not export a function <c>loom_main</c> without parameters and results.</summary>
    NoEntry = 1,

    /// <summary>It does not have and export a memory of its own named <c>memory</c>.</summary>
    NoMemory,

    /// <summary>It imports something that machines are not given.</summary>
    UnknownImport,

    /// <summary>It imports a function of the machine interface with another type.</summary>
    ImportType,

    /// <summary>Its memory is or may become larger than the limit.</summary>
    MemoryTooLarge,

    /// <summary>One of its tables is larger than the limit.</summary>
    TableTooLarge,

    /// <summary>A data or element segment does not fit what it is copied to at the start.</summary>
    SegmentOutOfBounds,
}

/// <summary>Why a module is no machine, and what to do about it.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">The reason and the remedy in words.</param>
public sealed record MachineRefusal(MachineRefusalKind Kind, string Message);

/// <summary>A module that is no machine was to be made one.</summary>
public sealed class MachineRefusedException(MachineRefusal refusal) : Exception(refusal.Message)
{
    /// <summary>Why.</summary>
    public MachineRefusal Refusal { get; } = refusal;
}
