using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Runtime;

/// <summary>How the actors of each machine are loaded: C# machines fold their events, modules run their commands again.</summary>
internal sealed class Replays(ActorTypes types, IBlobStore? blobs)
{
    private readonly CommandBodies _bodies = new(blobs);

    public StreamFold FoldOf(StreamName stream, Machine machine, CommandIndex? commands) => new(stream, machine, commands, Of(stream, machine));

    /// <summary>Null for a machine that folds.</summary>
    public Reexecution? Of(StreamName stream, Machine machine) =>
        machine is WasmMachine ? new Reexecution(stream, types.Modules!, _bodies) : null;

    /// <summary>Makes a machine ready to decide.</summary>
    /// <exception cref="HistoryException">Its module cannot be had.</exception>
    public static ValueTask PrepareAsync(StreamName stream, Machine machine, CancellationToken cancellationToken) =>
        machine is WasmMachine module ? ModuleRegistry.PrepareAsync(module, stream, 0, cancellationToken) : ValueTask.CompletedTask;
}
