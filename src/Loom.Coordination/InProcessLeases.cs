namespace Loom.Coordination;

/// <summary>Leases within one process: they last until disposed, since holder and store live and die together.</summary>
public sealed class InProcessLeases : ILeases
{
    // Up to this distance a raised fence moves the shared counter; beyond it the number stays with its name, so that one stream with
    // an extreme fence (an import, a hostile file) cannot push every other stream's numbers up.
    private const long SharedLeap = 1_000_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _floors = new(StringComparer.Ordinal);
    private long _counter;

    /// <inheritdoc/>
    public Task<Lease?> TryAcquireAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_held.Add(name))
            {
                return Task.FromResult<Lease?>(null);
            }

            // One counter for all names keeps tokens increasing per name without remembering every name for ever.
            _counter++;
            if (!_floors.TryGetValue(name, out var floor))
            {
                return Task.FromResult<Lease?>(new Held(this, name, _counter));
            }

            var token = Math.Max(_counter, checked(floor + 1));
            _floors[name] = token;
            return Task.FromResult<Lease?>(new Held(this, name, token));
        }
    }

    /// <inheritdoc/>
    public Task RaiseFenceAsync(string name, long fence, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegative(fence);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (fence > _counter + SharedLeap)
            {
                _floors[name] = Math.Max(fence, _floors.GetValueOrDefault(name));
            }
            else
            {
                _counter = Math.Max(_counter, fence);
            }
        }

        return Task.CompletedTask;
    }

    private void Release(string name)
    {
        lock (_gate)
        {
            _held.Remove(name);
        }
    }

    private sealed class Held(InProcessLeases owner, string name, long token) : Lease
    {
        private int _disposed;

        public override long Token => token;

        public override CancellationToken Lost => CancellationToken.None;

        public override ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                owner.Release(name);
            }

            return ValueTask.CompletedTask;
        }
    }
}
