using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>The machines that this host runs, by actor type. Registered before the runtime starts; one machine per type. Thread-safe.</summary>
public sealed class ActorTypes
{
    private readonly ConcurrentDictionary<string, Machine> _machines = new(StringComparer.Ordinal);

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

    /// <summary>The machine of an actor type.</summary>
    public bool TryGet(string actorType, [NotNullWhen(true)] out Machine? machine) => _machines.TryGetValue(actorType, out machine);

    /// <summary>Every registered type, by name.</summary>
    public IReadOnlyList<MachineManifest> All =>
        [.. _machines.Values.Select(m => m.Manifest).OrderBy(m => m.ActorType, StringComparer.Ordinal)];
}
