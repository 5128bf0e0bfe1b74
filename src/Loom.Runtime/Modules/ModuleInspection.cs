using Loom.Core;
using Loom.Wasm;

namespace Loom.Runtime;

/// <summary>Looks at a module and its manifest by themselves, whatever else is registered.</summary>
internal static class ModuleInspection
{
    private const int MaxSubsetFindings = 20;

    public static ModuleReport Inspect(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> manifestJson, ModuleSettings settings)
    {
        var findings = new List<ModuleFinding>();
        void Refuse(string rule, string message) => findings.Add(new ModuleFinding(rule, true, message));

        var hash = Digest.Of(bytes.Span);
        var manifest = ManifestOf(manifestJson, Refuse);
        if (manifest?.Sha256 is { } stated && stated != hash)
        {
            Refuse("module-hash-differs", $"The manifest is for a module with SHA-256 {stated}; these bytes have {hash}. Upload the two that belong together.");
        }

        if (manifest is { Capabilities.Count: > 0 })
        {
            Refuse(
                "machine-imports-only",
                $"The manifest asks for {string.Join(", ", manifest.Capabilities)}. Machines are given the machine interface and nothing else, since whatever a decision looks at has to be in the link; "
                + "leave 'capabilities' empty, and do such work in an activity.");
        }

        var anatomy = AnatomyOf(bytes, settings, findings);
        return new ModuleReport
        {
            Hash = hash,
            Size = bytes.Length,
            Manifest = manifest,
            Anatomy = anatomy,
            Findings = [.. findings.OrderByDescending(f => f.Refuses)],
        };
    }

    private static ModuleManifest? ManifestOf(ReadOnlyMemory<byte> json, Action<string, string> refuse)
    {
        try
        {
            return ModuleManifest.Parse(json);
        }
        catch (FormatException e)
        {
            refuse("manifest-invalid", $"The manifest cannot be taken: {e.Message}");
            return null;
        }
    }

    private static ModuleAnatomy? AnatomyOf(ReadOnlyMemory<byte> bytes, ModuleSettings settings, List<ModuleFinding> findings)
    {
        if (bytes.Length > settings.MaxBytes)
        {
            findings.Add(new ModuleFinding("module-too-large", true, $"The module has {bytes.Length} bytes; this host takes up to {settings.MaxBytes} (wasm.bytes)."));
            return null;
        }

        if (!WasmModule.TryLoad(bytes, ModuleLimits.Default with { Bytes = ModuleBounds.MaxModuleBytes }, out var module, out var refusal))
        {
            findings.Add(new ModuleFinding(refusal.Kind == InvalidModuleKind.TooLarge ? "module-too-large" : "module-invalid", true, $"The bytes are no module that can run here: {refusal}."));
            return null;
        }

        if (Wasm.MachineRules.Check(module, LoadedModule.Execution) is { } no)
        {
            findings.Add(new ModuleFinding(RuleOf(no.Kind), true, $"{char.ToUpperInvariant(no.Message[0])}{no.Message[1..]}."));
        }

        var memory = module.Memories.Count > 0 ? module.Memories[0] : default;
        var most = (long)(memory.Maximum ?? ModuleBounds.MemoryPages);
        if (most > settings.MemoryPages)
        {
            findings.Add(new ModuleFinding(
                "memory-too-large", true, $"The module's memory may grow to {most} pages of 64 KiB; this host allows {settings.MemoryPages} (wasm.memoryPages). Build it with a smaller maximum."));
        }

        var subset = ProvableSubset.Check(module, ModuleBounds.MemoryPages);
        findings.AddRange(subset.Take(MaxSubsetFindings).Select(f => new ModuleFinding("provable-subset", false, $"It could not be proven (it runs all the same): {f}.")));
        var summary = ModuleSummary.Of(module);
        return new ModuleAnatomy(
            [.. summary.Imports.Select(i => $"{Printable.Text(i.Module)}.{Printable.Text(i.Name)} {i.Type}")], [.. summary.Exports.Select(e => $"{Printable.Text(e.Name)} {e.Type}")],
            summary.Functions, memory.Minimum, most, [.. module.CustomSections.Select(s => Printable.Text(s.Name))], subset.Count == 0);
    }

    private static string RuleOf(MachineRefusalKind kind) => kind switch
    {
        MachineRefusalKind.UnknownImport or MachineRefusalKind.ImportType => "machine-imports-only",
        MachineRefusalKind.NoEntry => "machine-entry",
        MachineRefusalKind.NoMemory => "machine-memory",
        MachineRefusalKind.MemoryTooLarge or MachineRefusalKind.TableTooLarge => "memory-too-large",
        _ => "segment-out-of-bounds",
    };
}
