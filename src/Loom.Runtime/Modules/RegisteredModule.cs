using Loom.Core;

namespace Loom.Runtime;

/// <summary>A module as <c>loom.modules</c> has it.</summary>
/// <param name="Manifest">What it is.</param>
/// <param name="Hash">SHA-256 of its bytes.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="At">When it was registered.</param>
/// <param name="By">Who registered it.</param>
/// <param name="Revision">Where in <c>loom.modules</c>.</param>
public sealed record RegisteredModule(ModuleManifest Manifest, Digest Hash, long Size, Timestamp At, string By, long Revision)
{
    /// <summary>The machine that links name.</summary>
    public MachineId Machine => MachineId.Wasm(Hash);

    /// <summary>Whether it is its actor type's machine now: what actors are born with, and upgraded to.</summary>
    public bool Current { get; init; }
}
