using System.Collections.Concurrent;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Journal.Log;

namespace Loom.Runtime;

/// <summary>
/// The WebAssembly modules of a host: their bytes are blobs, durable before the act in <c>loom.modules</c> that registers them; that stream is
/// all there is to restore. Puts each actor type's current module into the <see cref="ActorTypes"/>. Thread-safe.
/// </summary>
public sealed class ModuleRegistry : IDisposable
{
    private readonly IJournal _journal;
    private readonly LoomStreams _acts;
    private readonly IBlobStore _blobs;
    private readonly ActorTypes _types;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentDictionary<Digest, WasmMachine> _machines = new();
    private volatile ModuleTable _table = ModuleTable.Empty;

    /// <summary>Puts a registry together; <see cref="OpenAsync"/> reads what is registered.</summary>
    /// <param name="journal">Where <c>loom.modules</c> is.</param>
    /// <param name="acts">What appends to it.</param>
    /// <param name="blobs">Where the bytes go.</param>
    /// <param name="types">What the current modules are put into.</param>
    /// <param name="time">The clock behind the wall-clock limit.</param>
    /// <param name="settings">What modules are allowed; null takes the defaults.</param>
    public ModuleRegistry(IJournal journal, LoomStreams acts, IBlobStore blobs, ActorTypes types, TimeProvider time, ModuleSettings? settings = null)
    {
        (_journal, _acts, _blobs, _types, Time, Settings) = (journal, acts, blobs, types, time, settings ?? new ModuleSettings());
        _types.Modules = this;
    }

    /// <summary>Every registered module, by name and version.</summary>
    public IReadOnlyList<RegisteredModule> All => _table.All;

    /// <summary>What modules did in this process.</summary>
    public ModuleStatistics Statistics => Metrics.Read();

    /// <summary>What modules are allowed.</summary>
    public ModuleSettings Settings { get; }

    /// <summary>Has a say before a module is registered; null lets all in.</summary>
    public IModuleGate? Gate { get; set; }

    internal TimeProvider Time { get; }

    internal ModuleMetrics Metrics { get; } = new();

    /// <summary>A module by name and version; null when there is none.</summary>
    public RegisteredModule? Find(string name, int version) => All.FirstOrDefault(m => m.Manifest.Name == name && m.Manifest.Version == version);

    /// <summary>The module that a link's machine names; null when it is none, or is not registered.</summary>
    public RegisteredModule? Find(MachineId machine) => HashOf(machine) is { } hash && _table.TryGet(hash, out var module) ? module : null;

    /// <summary>Reads <c>loom.modules</c>. Once, before the runtime starts.</summary>
    /// <exception cref="InvalidOperationException">An actor type has a machine of another kind here; the message says what to do.</exception>
    /// <exception cref="HistoryException">The stream cannot be read as acts.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var table = ModuleTable.Empty;
        await foreach (var e in _journal.ReadStreamAsync(LoomStreams.Modules, Direction.Forwards, 0, long.MaxValue, cancellationToken))
        {
            table = Take(table, e);
        }

        Publish(table);
    }

    /// <summary>Looks at a module as a registration would, and registers nothing.</summary>
    public ModuleReport Check(ReadOnlyMemory<byte> module, ReadOnlyMemory<byte> manifest) =>
        Judge(ModuleInspection.Inspect(module, manifest, Settings));

    /// <summary>
    /// Registers a module. The same module again changes nothing, but that its manifest may describe it better.
    /// </summary>
    /// <param name="module">The bytes.</param>
    /// <param name="manifest">The manifest, JSON.</param>
    /// <param name="principal">Who registers it.</param>
    /// <param name="use">Whether it becomes its actor type's machine; null: when the type has none, or an older version of the same name.</param>
    /// <param name="cancellationToken">Cancels before anything is journaled.</param>
    /// <returns>The report; with a <see cref="ModuleReport.Refusal"/> nothing was registered.</returns>
    /// <exception cref="BlobException">The bytes cannot be stored.</exception>
    /// <exception cref="JournalException">The journal takes no writes.</exception>
    public async Task<ModuleReport> RegisterAsync(
        ReadOnlyMemory<byte> module, ReadOnlyMemory<byte> manifest, string principal, bool? use, CancellationToken cancellationToken)
    {
        var inspected = ModuleInspection.Inspect(module, manifest, Settings);
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var report = Judge(inspected);
            if (report.Refusal is not null || report.Manifest is not { } wanted)
            {
                return report;
            }

            var known = _table.TryGet(report.Hash, out var there) && there.Manifest.Json.Span.SequenceEqual(wanted.Json.Span);
            if (known && (use is not true || there!.Current))
            {
                return report with { Registered = there, KnownAlready = true };
            }

            if (Gate is { } gate && await gate.JudgeAsync(wanted, module, cancellationToken) is { } refusal)
            {
                return report with { Findings = [refusal, .. report.Findings] };
            }

            await _blobs.PutAsync(new BlobName(BlobAreas.Modules, report.Hash), module, cancellationToken);
            var used = use ?? (there is not null ? there.Current : _table.UsesByItself(wanted));
            var link = await _acts.AppendAsync(
                LoomStreams.Modules, ModuleActs.Registered, ModuleActs.WriteRegistered(wanted, report.Hash, report.Size, used), principal, null, cancellationToken);
            var registered = new RegisteredModule(wanted, report.Hash, report.Size, link.At, principal, link.Revision);
            _machines.TryRemove(report.Hash, out _); // a better manifest takes its place
            Publish(_table.With(registered, used));
            return report with { Registered = Find(registered.Machine) };
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Makes a registered module its actor type's machine: actors are born with it, and those that have another are upgraded when they are
    /// loaded next. Who is in memory keeps its module until then.
    /// </summary>
    /// <returns>The module; null when there is none of that name and version.</returns>
    /// <exception cref="JournalException">The journal takes no writes.</exception>
    public async Task<RegisteredModule?> UseAsync(string name, int version, string principal, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (Find(name, version) is not { } module || module.Current)
            {
                return Find(name, version);
            }

            await _acts.AppendAsync(LoomStreams.Modules, ModuleActs.Used, ModuleActs.WriteUsed(module), principal, null, cancellationToken);
            Publish(_table.Use(module));
            return Find(name, version);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>What <see cref="Gate"/> says of a registered module that is to be used: what is asked of modules may have changed since.</summary>
    /// <returns>Why it is not to be used; null when nothing speaks against it, or there is none of that name and version.</returns>
    /// <exception cref="HistoryException">Its bytes cannot be had.</exception>
    public async Task<ModuleFinding?> JudgeUseAsync(string name, int version, CancellationToken cancellationToken) =>
        Gate is { } gate && Find(name, version) is { Current: false } module
            ? await gate.JudgeAsync(module.Manifest, await ReadAsync(module, cancellationToken), cancellationToken)
            : null;

    /// <summary>A registered module's bytes.</summary>
    /// <exception cref="HistoryException">They are missing, or others lie in their place; the message names the module and the remedy.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(RegisteredModule module, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(module);
        try
        {
            return await BytesAsync(module, cancellationToken);
        }
        catch (ModuleUnavailableException e)
        {
            throw new HistoryException(LoomStreams.Modules, module.Revision, e.Code, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    internal async Task<ReadOnlyMemory<byte>> BytesAsync(RegisteredModule module, CancellationToken cancellationToken)
    {
        var name = new BlobName(BlobAreas.Modules, module.Hash);
        var what = $"The module {module.Manifest.QualifiedName} ({module.Machine})";
        try
        {
            return await _blobs.GetAsync(name, cancellationToken)
                ?? throw new ModuleUnavailableException("module-missing", $"{what} is registered, but its bytes (blob {name}) are missing. Put them back from a backup ('loom blob put').");
        }
        catch (BlobException e)
        {
            throw new ModuleUnavailableException(
                e.Failure is BlobFailure.WrongContent or BlobFailure.TooLarge ? "module-wrong" : "module-unavailable", $"{what} cannot be had: {e.Message}", e);
        }
    }

    /// <summary>The machine of a link, ready to run.</summary>
    /// <exception cref="HistoryException">It is not registered here, or its bytes cannot be had.</exception>
    internal async ValueTask<WasmMachine> MachineOfAsync(Link link, CancellationToken cancellationToken)
    {
        if (Find(link.Machine) is not { } module)
        {
            throw new HistoryException(
                link.Stream, link.Revision, "module-missing", $"the module {link.Machine} decided it, and is not registered here. Register it ('loom module add').");
        }

        var machine = MachineOf(module);
        await PrepareAsync(machine, link.Stream, link.Revision, cancellationToken);
        return machine;
    }

    /// <exception cref="HistoryException">Its bytes cannot be had.</exception>
    internal static async ValueTask PrepareAsync(WasmMachine machine, StreamName stream, long revision, CancellationToken cancellationToken)
    {
        try
        {
            await machine.PrepareAsync(cancellationToken);
        }
        catch (ModuleUnavailableException e)
        {
            throw new HistoryException(stream, revision, e.Code, e.Message, e);
        }
    }

    private ModuleReport Judge(ModuleReport report)
    {
        if (report.Manifest is not { } manifest)
        {
            return report;
        }

        var refusal = _types.TryGet(manifest.ActorType, out var machine) && !machine.Manifest.Machine.IsWasm
            ? new ModuleFinding(
                "actor-type-taken", true,
                $"The actor type '{manifest.ActorType}' is decided by {machine.Manifest.Machine} here, and a stream never changes between dotnet and wasm. Give the module another actorType.")
            : _table.Refuse(manifest, report.Hash);
        return refusal is null ? report : report with { Findings = [refusal, .. report.Findings] };
    }

    private static ModuleTable Take(ModuleTable table, RecordedEvent e)
    {
        try
        {
            var link = TransitionReader.ReadLink(e) ?? throw new FormatException($"{e.Stream} at revision {e.Revision} carries no link.");
            switch (e.Type)
            {
                case "loom.modules." + ModuleActs.Registered:
                    var (module, use) = ModuleActs.ReadRegistered(e, link);

                    // What contradicts an earlier act was written by another version of Loom: the first word counts.
                    return table.Refuse(module.Manifest, module.Hash) is null ? table.With(module, use) : table;
                case "loom.modules." + ModuleActs.Used:
                    return table.TryGet(ModuleActs.ReadUsed(e), out var used) ? table.Use(used) : table;
                default:
                    return table;
            }
        }
        catch (FormatException ex)
        {
            throw new HistoryException(e.Stream, e.Revision, "history-unreadable", ex.Message, ex);
        }
    }

    private void Publish(ModuleTable table)
    {
        _table = table;
        foreach (var module in table.Current)
        {
            var machine = MachineOf(module);
            machine.TakeEffects(table.EffectsOf(module.Manifest.ActorType));
            _types.Put(machine);
        }
    }

    private WasmMachine MachineOf(RegisteredModule module) => _machines.GetOrAdd(module.Hash, _ => new WasmMachine(module, this));

    private static Digest? HashOf(MachineId machine) =>
        machine.IsWasm && Digest.TryParse(machine.Value["wasm:sha256:".Length..], out var hash) ? hash : null;
}
