using Loom.Core;

namespace Loom.Runtime;

/// <summary>What a host allows modules.</summary>
public sealed record ModuleSettings
{
    /// <summary>Units of fuel for one decision, about as many instructions; at most <see cref="ModuleBounds.MaxFuel"/>.</summary>
    public long Fuel { get; init; } = ModuleBounds.DefaultFuel;

    /// <summary>How long a call may take by the clock: a second net, never an outcome.</summary>
    public TimeSpan WallClock { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most pages of memory that a module may ask for, to be registered; running modules always find <see cref="ModuleBounds.MemoryPages"/>.</summary>
    public int MemoryPages { get; init; } = ModuleBounds.MemoryPages;

    /// <summary>Largest module to be registered, in bytes; at most <see cref="ModuleBounds.MaxModuleBytes"/>.</summary>
    public int MaxBytes { get; init; } = ModuleBounds.MaxModuleBytes;
}
