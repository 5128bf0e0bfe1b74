namespace Loom.Coordination;

/// <summary>
/// Time-limited rights to work on a named thing. They only save work: the journal's expected revision is the last word.
/// Thread-safe. Obligations: 1 at most one live holder of a name as the store sees it; 2 tokens of a name strictly increase, also over
/// <see cref="RaiseFenceAsync"/>; 3 <see cref="Lease.Lost"/> is signalled when the right cannot be renewed.
/// </summary>
public interface ILeases
{
    /// <summary>Tries to get the lease; null when somebody else holds it.</summary>
    Task<Lease?> TryAcquireAsync(string name, CancellationToken cancellationToken);

    /// <summary>Tells the store that <paramref name="fence"/> is in use for the name, so that later tokens are larger (compare-and-raise).</summary>
    Task RaiseFenceAsync(string name, long fence, CancellationToken cancellationToken);
}

/// <summary>A lease that is held until disposed or lost.</summary>
public abstract class Lease : IAsyncDisposable
{
    /// <summary>The fencing token granted, from 1.</summary>
    public abstract long Token { get; }

    /// <summary>Cancelled when the lease is lost. Work under the lease runs on a token linked to this one.</summary>
    public abstract CancellationToken Lost { get; }

    /// <summary>Gives the lease back.</summary>
    public abstract ValueTask DisposeAsync();
}
