using Loom.Coordination;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>Under a lease: loads the state, takes the fence from the stream, writes the upgrade when the type's version changed.</summary>
internal static class Activator
{
    /// <summary>The rule of fences: above the token granted and above whatever the stream has seen.</summary>
    public static long FenceAbove(long token, long last) => Math.Max(token, last) + 1;

    /// <exception cref="HistoryException">The history does not load, or is not for this machine.</exception>
    public static async Task<Decider> ActivateAsync(Activation activation, Lease lease, ActivationServices services)
    {
        var machine = activation.Machine;
        for (var attempt = 0; ; attempt++)
        {
            var memory = await services.Loader.LoadAsync(activation.Stream, machine, CancellationToken.None);
            if (memory.Head is { } head)
            {
                CheckMachine(head, machine);
            }

            // The stream has the last word on fences, so they grow even after the lease store forgot everything.
            var last = memory.Head?.Fence ?? 0;
            var fence = services.NextFence(lease.Token, last);
            await services.Leases.RaiseFenceAsync($"actor:{activation.Stream.Value}", fence, CancellationToken.None);
            var decider = new Decider(activation.Actor, activation.Stream, machine, memory, fence, services);
            if (memory.Head is null || memory.Head.Machine == machine.Manifest.Machine)
            {
                return decider;
            }

            if (await decider.UpgradeAsync(memory.Head.Machine))
            {
                services.Metrics.Upgraded();
                return decider;
            }

            if (attempt == services.Options.MaxConflicts)
            {
                throw new Journal.JournalException(
                    Journal.JournalFailure.Unavailable, $"{activation.Stream} could not be upgraded to {machine.Manifest.QualifiedType}: other writers keep it busy.");
            }
        }
    }

    private static void CheckMachine(Link head, Machine machine)
    {
        var (stored, mine) = (head.Machine, machine.Manifest.Machine);
        if (stored.IsWasm != mine.IsWasm)
        {
            throw new HistoryException(
                head.Stream, head.LastRevision, "machine-changed-kind", $"the stream was decided by {stored}, this host runs {mine}. A stream never changes between dotnet and wasm.");
        }

        if (!mine.IsWasm && stored != mine && VersionOf(head.ActorType) >= machine.Manifest.Version)
        {
            throw new HistoryException(
                head.Stream, head.LastRevision, "newer-version", $"the stream is at {head.ActorType}, this host runs {machine.Manifest.QualifiedType}. Run the newer version here too.");
        }
    }

    private static int VersionOf(string actorType) =>
        int.TryParse(actorType.AsSpan(actorType.LastIndexOf('@') + 1), out var version) ? version : 0;
}
