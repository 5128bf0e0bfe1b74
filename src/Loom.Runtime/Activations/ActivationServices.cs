using Loom.Coordination;
using Loom.Journal;
using Microsoft.Extensions.Logging;

namespace Loom.Runtime;

/// <summary>What every activation of one runtime shares.</summary>
internal sealed record ActivationServices(
    ActorRuntimeOptions Options,
    IJournal Journal,
    ILeases Leases,
    StreamLoader Loader,
    SnapshotStore Snapshots,
    RepeatedCommands Repeats,
    RuntimeMetrics Metrics,
    TimeProvider Time,
    Func<byte[]> NewSalt,
    ILogger Log,
    Func<long, long, long> NextFence)
{
    /// <summary>Runs work on the runtime's scheduler, from wherever the caller is.</summary>
    public Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Options.Scheduler).Unwrap();
}
