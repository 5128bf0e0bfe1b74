using Loom.Core;

namespace Loom.Runtime;

/// <summary>What a look at a module and its manifest found.</summary>
public sealed record ModuleReport
{
    /// <summary>SHA-256 of the module's bytes.</summary>
    public required Digest Hash { get; init; }

    /// <summary>Its bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The manifest; null when it cannot be read.</summary>
    public ModuleManifest? Manifest { get; init; }

    /// <summary>What is in the module; null when it does not load.</summary>
    public ModuleAnatomy? Anatomy { get; init; }

    /// <summary>Every finding, refusals first.</summary>
    public required IReadOnlyList<ModuleFinding> Findings { get; init; }

    /// <summary>What was registered, now or earlier; null when nothing is.</summary>
    public RegisteredModule? Registered { get; init; }

    /// <summary>Whether it was registered earlier, just so, and nothing had to be done.</summary>
    public bool KnownAlready { get; init; }

    /// <summary>Why it cannot be registered; null when it can.</summary>
    public ModuleFinding? Refusal => Findings.FirstOrDefault(f => f.Refuses);
}

/// <summary>One finding.</summary>
/// <param name="Rule">The rule's name, for example <c>machine-imports-only</c>.</param>
/// <param name="Refuses">Whether the module is refused for it; else it is information.</param>
/// <param name="Message">The thing, the reason, the remedy.</param>
public sealed record ModuleFinding(string Rule, bool Refuses, string Message);

/// <summary>What is in a module.</summary>
/// <param name="Imports">What it needs, as <c>MODULE.NAME TYPE</c>.</param>
/// <param name="Exports">What it gives, as <c>NAME TYPE</c>.</param>
/// <param name="Functions">Its own functions.</param>
/// <param name="MemoryPages">Pages of 64 KiB that it starts with.</param>
/// <param name="MaxMemoryPages">Pages that it may grow to.</param>
/// <param name="CustomSections">Names and sizes of its custom sections.</param>
/// <param name="Provable">Whether it lies in the subset that can be proven.</param>
public sealed record ModuleAnatomy(
    IReadOnlyList<string> Imports, IReadOnlyList<string> Exports, int Functions, long MemoryPages, long MaxMemoryPages, IReadOnlyList<string> CustomSections, bool Provable);
