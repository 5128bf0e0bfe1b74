using Loom.Coordination;

namespace Loom.Simulation.Tests;

/// <summary>A lease store that can take leases away, with or without notice, and forget everything. Shared by all hosts.</summary>
internal sealed class SimulatedLeases(Simulation world)
{
    private readonly SortedDictionary<string, Granted> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _tokens = new(StringComparer.Ordinal);

    public ILeases For(SimulatedHost host) => new Connection(this, host.Incarnation);

    /// <summary>Takes a random lease away; its holder hears of it now, later, or never.</summary>
    public void TakeOneAway(bool withNotice)
    {
        if (_held.Count == 0)
        {
            return;
        }

        var lease = _held.Values.ElementAt(world.Random.Next(_held.Count));
        _held.Remove(lease.Name);
        world.Fault(withNotice ? "lease lost" : "lease lost unnoticed: two owners");
        if (withNotice)
        {
            lease.Lose();
        }
    }

    public void ForgetEverything()
    {
        _held.Clear();
        _tokens.Clear();
        world.Fault("lease store flushed");
    }

    public void Expire(int incarnation)
    {
        foreach (var name in _held.Where(h => h.Value.Incarnation == incarnation).Select(h => h.Key).ToList())
        {
            _held.Remove(name);
        }
    }

    private sealed class Connection(SimulatedLeases store, int incarnation) : ILeases
    {
        public async Task<Lease?> TryAcquireAsync(string name, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (store._held.ContainsKey(name))
            {
                return null;
            }

            var token = store._tokens[name] = store._tokens.GetValueOrDefault(name) + 1;
            return store._held[name] = new Granted(store, name, token, incarnation);
        }

        public async Task RaiseFenceAsync(string name, long fence, CancellationToken cancellationToken)
        {
            await Task.Yield();
            store._tokens[name] = Math.Max(fence, store._tokens.GetValueOrDefault(name));
        }
    }

    private sealed class Granted(SimulatedLeases store, string name, long token, int incarnation) : Lease
    {
        private readonly CancellationTokenSource _lost = new();

        public string Name => name;

        public int Incarnation => incarnation;

        public override long Token => token;

        public override CancellationToken Lost => _lost.Token;

        public void Lose() => _lost.Cancel();

        public override ValueTask DisposeAsync()
        {
            if (store._held.TryGetValue(name, out var held) && ReferenceEquals(held, this))
            {
                store._held.Remove(name);
            }

            return ValueTask.CompletedTask;
        }
    }
}
