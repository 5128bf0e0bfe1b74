using Loom.Core;

namespace Loom.Provenance;

/// <summary>Adds the modules that links name to a bundle's files, each once. One that is not at hand is left out: the verdict says so.</summary>
internal sealed class ModuleFiles(IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>> modules, BundleContents files)
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _byFile = modules.ToDictionary(m => BundleFiles.Module(m.Key), m => m.Value);
    private int _count;

    public bool Any => _count > 0;

    /// <summary>Adds the module of a link; says why it cannot be added, else null.</summary>
    public string? Add(MachineId machine)
    {
        if (BundleFiles.ModuleOf(machine) is not { } file || !_byFile.TryGetValue(file, out var bytes))
        {
            return null;
        }

        if (MachineId.Wasm(Digest.Of(bytes.Span)) != machine)
        {
            return $"what was given as the module {machine} is something else";
        }

        _count += files.TryAdd(file, bytes) ? 1 : 0;
        return _count <= BundleFiles.MaxModules ? null : $"a bundle holds at most {BundleFiles.MaxModules} modules; export fewer streams";
    }
}
