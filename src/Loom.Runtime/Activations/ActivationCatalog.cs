using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>The actors in memory: at most so many, idle ones not for ever.</summary>
internal sealed class ActivationCatalog(ActivationServices services)
{
    private readonly ConcurrentDictionary<ActorId, Activation> _activations = new();
    private int _trimming;

    public int Count => _activations.Count;

    public bool TryGet(ActorId actor, [NotNullWhen(true)] out Activation? activation) => _activations.TryGetValue(actor, out activation);

    public Activation GetOrAdd(ActorId actor, Machine machine)
    {
        if (_activations.TryGetValue(actor, out var found))
        {
            return found;
        }

        var made = new Activation(actor, machine, services, Remove);
        found = _activations.GetOrAdd(actor, made);
        if (ReferenceEquals(found, made))
        {
            services.Metrics.Activated();
            TrimIfFull(made);
        }

        return found;
    }

    /// <summary>Passivates what was not used for the idle time.</summary>
    public void PassivateIdle()
    {
        // In order, as everywhere: a dictionary's own order differs from process to process.
        var idle = _activations.Values.Where(a => services.Time.GetElapsedTime(a.LastUsed) >= services.Options.IdleTime);
        foreach (var activation in idle.OrderBy(a => a.Stream.Value, StringComparer.Ordinal))
        {
            activation.TryPassivate();
        }
    }

    /// <summary>Lets every actor leave as soon as its mailbox is empty; those that never get there are not waited for.</summary>
    public Task LeaveAsync(bool waitForAll)
    {
        var all = _activations.Values.OrderBy(a => a.Stream.Value, StringComparer.Ordinal).ToList();
        foreach (var activation in all)
        {
            activation.Leave();
        }

        return Task.WhenAll(all.Where(a => waitForAll || a.Stage >= ActivationStage.Ending).Select(a => a.Ended));
    }

    private void Remove(Activation activation) => _activations.TryRemove(KeyValuePair.Create(activation.Actor, activation));

    // Cuts to nine tenths in one go: looking for the least recently used is linear, so it must not happen per activation.
    private void TrimIfFull(Activation justMade)
    {
        if (_activations.Count <= services.Options.MaxActivations || Interlocked.Exchange(ref _trimming, 1) == 1)
        {
            return;
        }

        var surplus = _activations.Count - (services.Options.MaxActivations * 9 / 10);
        foreach (var activation in _activations.Values.OrderBy(a => a.LastUsed).ThenBy(a => a.Stream.Value, StringComparer.Ordinal))
        {
            if (surplus <= 0)
            {
                break;
            }

            // Who is leaving already counts; who just came is about to be used.
            surplus -= activation.Stage >= ActivationStage.Ending || (!ReferenceEquals(activation, justMade) && activation.TryPassivate()) ? 1 : 0;
        }

        Volatile.Write(ref _trimming, 0);
    }
}
