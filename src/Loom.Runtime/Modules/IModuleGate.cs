namespace Loom.Runtime;

/// <summary>Has a say before a module is registered, for whatever else the actor type has opted in to.</summary>
public interface IModuleGate
{
    /// <summary>Why the module is refused; null when it may be registered.</summary>
    /// <param name="manifest">What it says of itself.</param>
    /// <param name="module">Its bytes.</param>
    /// <param name="cancellationToken">Cancels; nothing was registered.</param>
    Task<ModuleFinding?> JudgeAsync(ModuleManifest manifest, ReadOnlyMemory<byte> module, CancellationToken cancellationToken);
}
