using System.Collections.Concurrent;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Runtime;
using Loom.Web.Data;
using ModuleAnatomy = Loom.Web.Data.ModuleAnatomy;
using ModuleFinding = Loom.Web.Data.ModuleFinding;
using ModuleReport = Loom.Web.Data.ModuleReport;

namespace Loom.Hosting.ConsoleViews;

/// <summary>The WebAssembly modules as the console asks for them.</summary>
internal sealed class ModulesView(ModuleRegistry modules, ActorDirectory directory, ModuleLooks looks, RequestPlaces places, Audit audit, PersonAtConsole person) : IModules
{
    public long LargestModule => modules.Settings.MaxBytes;

    // As written; the bound of the registry is on the canonical form, which is shorter.
    public long LargestManifest => 4 * ModuleManifest.MaxBytes;

    public async Task<ModulePage> FindAsync(ModuleQuery query, CancellationToken cancellationToken)
    {
        var text = query.Text?.Trim() ?? "";
        var found = Ordered(modules.All).Where(m =>
            text.Length == 0 || m.Manifest.QualifiedName.Contains(text, StringComparison.OrdinalIgnoreCase)
            || m.Manifest.ActorType.Contains(text, StringComparison.OrdinalIgnoreCase) || m.Machine.Value.Contains(text, StringComparison.OrdinalIgnoreCase)).ToList();
        var rows = new List<ModuleRow>();
        foreach (var module in found.Skip(Math.Max(0, query.Skip)).Take(Math.Clamp(query.Take, 0, 200)))
        {
            rows.Add(await RowAsync(module, cancellationToken));
        }

        return new ModulePage(rows, found.Count);
    }

    public async Task<ModuleDetail?> ModuleAsync(string sha256, CancellationToken cancellationToken)
    {
        if (Find(sha256) is not { } module)
        {
            return null;
        }

        var m = module.Manifest;
        var look = await looks.OfAsync(module, cancellationToken);
        var beside = new List<ModuleRow>();
        foreach (var other in Ordered(modules.All.Where(o => o.Manifest.ActorType == m.ActorType && o.Hash != module.Hash)).Take(200))
        {
            beside.Add(await RowAsync(other, cancellationToken));
        }

        return new ModuleDetail(
            await RowAsync(module, cancellationToken), m.About, look.Anatomy, look.Findings, [.. m.Commands.Select(c => new CommandForm(c.Type, c.Schema, c.Summary))],
            [.. m.Events.Select(e => new ModuleEvent(e, m.Effects.TryGetValue(e, out var kind) ? kind.ToString().ToLowerInvariant() : null))], m.Label, m.StateSchema, beside);
    }

    public async Task<ModuleReport> CheckAsync(ReadOnlyMemory<byte> module, ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken) =>
        await RefusalAsync() is { } no ? no : Guarded(() => Of(modules.Check(module, manifest)));

    public async Task<ModuleReport> AddAsync(ReadOnlyMemory<byte> module, ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken)
    {
        if (await RefusalAsync() is { } no)
        {
            return no;
        }

        var caller = await person.WhoAsync();
        try
        {
            using var place = places.Modules.Take();
            audit.RequireWritable();
            var report = await modules.RegisterAsync(module, manifest, caller.Principal, null, cancellationToken);
            if (report.Refusal is { Rule: "machine-imports-only" } refused)
            {
                await audit.TryWriteAsync(caller, "moduleRefused", $"{report.Manifest?.QualifiedName ?? "?"} ({report.Hash}): {refused.Rule}");
            }

            return Of(report);
        }
        catch (RefusedException e)
        {
            return Refused(e.Refusal.Code, e.Refusal.Detail);
        }
        catch (BlobException e)
        {
            return Refused("blobs-unavailable", $"The module's bytes could not be stored, so nothing was registered. {e.Message}");
        }
        catch (JournalException e)
        {
            return Refused("journal-unavailable", $"The registration could not be journaled. {e.Message}");
        }
    }

    public async Task<string?> UseAsync(string sha256, CancellationToken cancellationToken)
    {
        if (await RefusalAsync() is { } no)
        {
            return no.Findings[0].Message;
        }

        if (Find(sha256) is not { } module)
        {
            return "No module of this hash is registered here.";
        }

        try
        {
            audit.RequireWritable();
            if (await modules.JudgeUseAsync(module.Manifest.Name, module.Manifest.Version, cancellationToken) is { } refused)
            {
                return refused.Message;
            }

            await modules.UseAsync(module.Manifest.Name, module.Manifest.Version, (await person.WhoAsync()).Principal, cancellationToken);
            return null;
        }
        catch (RefusedException e)
        {
            return e.Refusal.Detail;
        }
        catch (Exception e) when (e is JournalException or HistoryException)
        {
            return e.Message;
        }
    }

    private static IOrderedEnumerable<RegisteredModule> Ordered(IEnumerable<RegisteredModule> all) =>
        all.OrderBy(m => m.Manifest.Name, StringComparer.Ordinal).ThenByDescending(m => m.Manifest.Version);

    private RegisteredModule? Find(string sha256) => Digest.TryParse(sha256, out var hash) ? modules.Find(MachineId.Wasm(hash)) : null;

    private async Task<ModuleRow> RowAsync(RegisteredModule module, CancellationToken cancellationToken)
    {
        var look = await looks.OfAsync(module, cancellationToken);
        var m = module.Manifest;
        return new ModuleRow(
            m.Name, m.Version, m.ActorType, module.Hash.ToString(), module.Size, module.Current, directory.UsersOf(module.Machine),
            [.. (look.Anatomy?.Exports ?? []).Select(e => e.Split(' ')[0])], m.Capabilities, module.At.Time, module.By, look.Problem);
    }

    private async Task<ModuleReport?> RefusalAsync()
    {
        var caller = await person.WhoAsync();
        return caller.May(Permission.Modules) ? null : Refused(
            "forbidden", $"{caller.Principal} may not register modules; it takes one of the roles {string.Join(", ", AccessTable.Having(Permission.Modules))}.");
    }

    private ModuleReport Guarded(Func<ModuleReport> look)
    {
        try
        {
            using var place = places.Modules.Take();
            return look();
        }
        catch (RefusedException e)
        {
            return Refused(e.Refusal.Code, e.Refusal.Detail);
        }
    }

    private static ModuleReport Of(Runtime.ModuleReport r) => new(
        r.Manifest?.QualifiedName, r.Manifest?.ActorType, r.Hash.ToString(), r.Size, ModuleLooks.Of(r.Anatomy), ModuleLooks.Of(r.Findings),
        r.Refusal is not null ? ModuleStanding.Refused : r.KnownAlready ? ModuleStanding.Known : r.Registered is not null ? ModuleStanding.Registered : ModuleStanding.Good,
        r.Registered?.Current ?? false);

    private static ModuleReport Refused(string code, string message) => new(null, null, "", 0, null, [new ModuleFinding(code, true, message)], ModuleStanding.Refused, false);
}

/// <summary>What was found in registered modules, kept: their bytes never change. What could not be read is looked at again.</summary>
internal sealed class ModuleLooks(ModuleRegistry modules)
{
    /// <summary>Each is some kilobytes; a host with more modules than this reads some again.</summary>
    private const int Most = 1_000;

    private readonly ConcurrentDictionary<Digest, ModuleLook> _kept = new();

    public async ValueTask<ModuleLook> OfAsync(RegisteredModule module, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(module.Hash, out var kept))
        {
            return kept;
        }

        ModuleLook look;
        try
        {
            var report = modules.Check(await modules.ReadAsync(module, cancellationToken), module.Manifest.Json);
            look = new ModuleLook(Of(report.Anatomy), Of(report.Findings), report.Anatomy is null ? report.Refusal?.Message : null);
        }
        catch (HistoryException e)
        {
            return new ModuleLook(null, [], e.Message);
        }

        if (_kept.Count >= Most)
        {
            _kept.Clear();
        }

        return _kept[module.Hash] = look;
    }

    public static ModuleAnatomy? Of(Runtime.ModuleAnatomy? a) =>
        a is null ? null : new(a.Imports, a.Exports, a.Functions, a.MemoryPages, a.MaxMemoryPages, a.CustomSections, a.Provable);

    public static IReadOnlyList<ModuleFinding> Of(IReadOnlyList<Runtime.ModuleFinding> findings) => [.. findings.Select(f => new ModuleFinding(f.Rule, f.Refuses, f.Message))];
}

/// <summary>What was found in a registered module.</summary>
/// <param name="Anatomy">What is in it; null when its bytes cannot be read.</param>
/// <param name="Findings">What does not keep it from running.</param>
/// <param name="Problem">Why it cannot run here; null when it can.</param>
internal sealed record ModuleLook(ModuleAnatomy? Anatomy, IReadOnlyList<ModuleFinding> Findings, string? Problem);
