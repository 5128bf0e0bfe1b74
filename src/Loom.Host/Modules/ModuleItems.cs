using System.Text.Json;
using Loom.Api;
using Loom.Runtime;

namespace Loom.Hosting.Modules;

/// <summary>Modules as the API shows them.</summary>
internal static class ModuleItems
{
    public static ModuleItem Of(RegisteredModule m, ActorDirectory directory) => new(
        m.Manifest.Name, m.Manifest.Version, m.Manifest.ActorType, m.Hash.ToString(), m.Machine.Value, m.Size, m.Manifest.About, m.Current,
        directory.UsersOf(m.Machine), m.Manifest.Capabilities, m.At.Time, m.By);

    public static ModuleContents? Of(ModuleAnatomy? a) =>
        a is null ? null : new(a.Imports, a.Exports, a.Functions, a.MemoryPages, a.MaxMemoryPages, a.CustomSections, a.Provable);

    public static IReadOnlyList<ModuleFindingItem> Of(IReadOnlyList<ModuleFinding> findings) =>
        [.. findings.Select(f => new ModuleFindingItem(f.Rule, f.Refuses, f.Message))];

    public static JsonElement ManifestOf(ModuleManifest manifest) => JsonElement.Parse(manifest.Json.Span);

    public static ModuleReportResult Of(ModuleReport report, ActorDirectory directory) => new(
        report.Hash.ToString(), report.Size, report.Refusal is null, report.Registered is { } r ? Of(r, directory) : null, report.KnownAlready,
        report.Manifest is { } manifest ? ManifestOf(manifest) : null, Of(report.Anatomy), Of(report.Findings));
}
