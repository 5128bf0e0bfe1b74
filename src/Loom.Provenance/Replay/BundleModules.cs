using Loom.Core;

namespace Loom.Provenance;

/// <summary>The modules of a bundle, each made ready when a link first names it.</summary>
internal sealed class BundleModules(Bundle bundle)
{
    private readonly Dictionary<MachineId, LoadedModule> _loaded = [];
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    /// <summary>Notes that a link names a machine.</summary>
    public void Name(MachineId machine)
    {
        if (BundleFiles.ModuleOf(machine) is { } file)
        {
            _named.Add(file);
        }
    }

    public LoadedModule Get(MachineId machine)
    {
        if (!_loaded.TryGetValue(machine, out var module))
        {
            _loaded[machine] = module = Load(machine);
        }

        return module;
    }

    /// <summary>After all streams: files whose bytes are not those of their name, or that no link names.</summary>
    public void CheckFiles(FirstFinding intact)
    {
        foreach (var (name, content) in bundle.Files)
        {
            if (!BundleFiles.IsModule(name, out var hash))
            {
                continue;
            }

            if (Digest.Of(content.Span) != hash)
            {
                intact.Add(new Finding("the module has another SHA-256 than its name", Place: name));
            }

            if (!_named.Contains(name))
            {
                intact.Add(new Finding("no transition of the bundle names this module", Place: name));
            }
        }
    }

    private LoadedModule Load(MachineId machine)
    {
        var file = BundleFiles.ModuleOf(machine)!;
        if (bundle.File(file) is not { } bytes)
        {
            return new LoadedModule(null, null, $"the bundle has no module {machine}");
        }

        if (MachineId.Wasm(Digest.Of(bytes.Span)) != machine)
        {
            return new LoadedModule(null, $"the module's bytes in the bundle have SHA-256 {Digest.Of(bytes.Span)}, the link names {machine}", null);
        }

        var (runner, problem) = WasmRunner.Load(bytes);
        return new LoadedModule(runner, problem is null ? null : $"{machine} cannot have decided anything: {problem}", null);
    }
}

/// <summary>A module that a link names: ready to run, or wrong, or missing.</summary>
internal sealed record LoadedModule(ModuleRunner? Runner, string? Wrong, string? Missing);
