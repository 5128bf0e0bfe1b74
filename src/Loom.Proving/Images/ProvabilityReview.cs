using Loom.Core;
using Loom.Runtime;

namespace Loom.Proving;

/// <summary>A module that decides for actors whose proof policy is not never, and that cannot be proven.</summary>
/// <param name="ActorType">The actor type.</param>
/// <param name="Name">The module, <c>NAME@VERSION</c>.</param>
/// <param name="Module">SHA-256 of the module.</param>
/// <param name="Policy">The policy that asks for proofs.</param>
/// <param name="Reason">Why, for people: the function, the offset and the opcode.</param>
public sealed record UnprovableModule(string ActorType, string Name, Digest Module, string Policy, string Reason);

/// <summary>
/// Asks the gate about modules that were registered before their type had a policy: at the start, and again whenever the policies change. A
/// host goes on deciding with a module that cannot be proven, and says so; the jobs of its transitions are parked with the same reason.
/// </summary>
internal sealed class ProvabilityReview(
    ModuleRegistry modules, Func<ProofPolicies> policies, ProvabilityGate gate, ProvingOptions options, TimeProvider time, Action<UnprovableModule> found)
{
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<UnprovableModule> _unprovable = [];
    private TaskCompletionSource _again = NewSignal();

    /// <summary>What was found at the last look.</summary>
    public IReadOnlyList<UnprovableModule> Unprovable => _unprovable;

    /// <summary>Has everything looked at anew.</summary>
    public void Again()
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            (signal, _again) = (_again, NewSignal());
        }

        signal.TrySetResult();
    }

    /// <summary>Looks until it is cancelled. What no prover could say yet is asked again later; so is what was refused, since provers learn.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var looks = 0; ;)
        {
            Task again;
            lock (_lock)
            {
                again = _again.Task;
            }

            var open = await LookAsync(stop);
            looks = open ? looks + 1 : 0;
            try
            {
                await again.WaitAsync(open ? options.DelayAfter(looks) : _unprovable.Count > 0 ? options.LongestDelay : Timeout.InfiniteTimeSpan, time, stop);
                looks = 0;
            }
            catch (TimeoutException)
            {
            }
        }
    }

    // Whether something could not be answered now.
    private async Task<bool> LookAsync(CancellationToken stop)
    {
        var (open, unprovable) = (false, new List<UnprovableModule>());
        foreach (var module in modules.All.Where(m => m.Current && policies().Of(m.Manifest.ActorType).Mode != ProofMode.Never))
        {
            try
            {
                var finding = await gate.JudgeAsync(module.Manifest, await modules.ReadAsync(module, stop), stop);
                if (finding?.Rule == ProvabilityGate.NotProvable)
                {
                    unprovable.Add(new UnprovableModule(
                        module.Manifest.ActorType, module.Manifest.QualifiedName, module.Hash, policies().Of(module.Manifest.ActorType).ToString(), finding.Message));
                }
                else
                {
                    open |= finding is not null;
                }
            }
            catch (HistoryException)
            {
                open = true; // its bytes are not at hand
            }
        }

        var before = _unprovable;
        _unprovable = unprovable;
        foreach (var one in unprovable.Except(before))
        {
            found(one);
        }

        return open;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
