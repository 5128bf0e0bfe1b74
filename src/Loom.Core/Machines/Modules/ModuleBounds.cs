namespace Loom.Core;

/// <summary>
/// What a module may use and give, wherever it runs (ABI v1). A host may allow less fuel, never more: whoever runs a journaled command again
/// with these bounds gets through whatever a host has accepted.
/// </summary>
public static class ModuleBounds
{
    /// <summary>Most units of fuel that any host may give one call.</summary>
    public const long MaxFuel = 4_000_000_000;

    /// <summary>Units of fuel that a host gives one call unless it is told otherwise: a quarter of the most.</summary>
    public const long DefaultFuel = 1_000_000_000;

    /// <summary>Pages of 64 KiB that a memory may grow to. The same everywhere, since a module sees where growing ends.</summary>
    public const int MemoryPages = 1024;

    /// <summary>Largest module in bytes.</summary>
    public const int MaxModuleBytes = 8 << 20;

    /// <summary>Largest state in bytes.</summary>
    public const int MaxStateBytes = 8 << 20;

    /// <summary>Largest array of events in bytes, as the module writes it.</summary>
    public const int MaxEventsBytes = 4 << 20;
}
