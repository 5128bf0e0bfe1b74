using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>A served journal that ends and comes back.</summary>
internal interface IFaultServer : IAsyncDisposable
{
    /// <summary>Where it listens; null while it is away, when its port may be another's.</summary>
    int? Port { get; }

    /// <summary>Ends the server, with everything under way, and brings it back on the same files.</summary>
    Task RestartAsync();

    /// <summary>Looks into the journal past the faults; waits while the server is away.</summary>
    Task<T> LookAsync<T>(Func<IJournal, Task<T>> look);
}
