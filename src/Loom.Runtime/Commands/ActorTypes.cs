using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>
/// The machines that this host runs, by actor type. Registered before the runtime starts; one machine per type, of which modules may be
/// replaced by others. Thread-safe.
/// </summary>
public sealed class ActorTypes
{
    private readonly ConcurrentDictionary<string, Machine> _machines = new(StringComparer.Ordinal);

    /// <summary>The modules that links of these types name; null where there are none.</summary>
    internal ModuleRegistry? Modules { get; set; }

    /// <summary>Adds a machine under its manifest's actor type.</summary>
    /// <exception cref="InvalidOperationException">The type has a machine already.</exception>
    public void Register(Machine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var type = machine.Manifest.ActorType;
        if (!_machines.TryAdd(type, machine))
        {
            throw new InvalidOperationException(
                $"The actor type '{type}' is registered already, as {_machines[type].Manifest.QualifiedType}. A host runs one version of a type.");
        }
    }

    /// <summary>Makes a module the machine of its actor type.</summary>
    /// <exception cref="InvalidOperationException">The type has a machine of another kind.</exception>
    internal void Put(WasmMachine machine)
    {
        var type = machine.Manifest.ActorType;
        var there = _machines.GetOrAdd(type, machine);
        if (!there.Manifest.Machine.IsWasm)
        {
            throw new InvalidOperationException(
                $"The actor type '{type}' is registered as {there.Manifest.QualifiedType}, and in loom.modules as {machine.Manifest.Machine}. A stream never changes between dotnet and wasm: leave out the C# machine of that name.");
        }

        _machines[type] = machine;
    }

    /// <summary>The machine of an actor type.</summary>
    public bool TryGet(string actorType, [NotNullWhen(true)] out Machine? machine) => _machines.TryGetValue(actorType, out machine);

    /// <summary>Whether the stream is, or would be, of an actor of a registered type.</summary>
    public bool IsActorStream(StreamName stream) => ActorId.TryParse(stream.Value, out var actor) && _machines.ContainsKey(actor.Type);

    /// <summary>Every registered type, by name.</summary>
    public IReadOnlyList<MachineManifest> All =>
        [.. _machines.Values.Select(m => m.Manifest).OrderBy(m => m.ActorType, StringComparer.Ordinal)];
}
