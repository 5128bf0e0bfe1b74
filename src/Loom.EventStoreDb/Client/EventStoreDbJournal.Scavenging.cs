using Loom.EventStoreDb.Client;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Operations;
using Loom.Journal;

namespace Loom.EventStoreDb;

/// <summary>Having the server scavenge: it goes on there by itself.</summary>
public sealed partial class EventStoreDbJournal
{
    /// <summary>Starts a scavenge on the server and returns its id; where one runs already, that one's.</summary>
    /// <exception cref="JournalException">The server cannot, or the credentials may not.</exception>
    public async Task<string> StartScavengeAsync(int threads, int fromChunk, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(fromChunk);
        var request = new StartScavengeReq { Options = new() { ThreadCount = threads, StartFromChunk = fromChunk } };
        return (await OnceAsync(Methods.StartScavenge, request, cancellationToken).ConfigureAwait(false)).ScavengeId;
    }

    /// <summary>Stops the scavenge of that id; false when none runs under it.</summary>
    /// <exception cref="JournalException">The server cannot, or the credentials may not.</exception>
    public async Task<bool> StopScavengeAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        try
        {
            await OnceAsync(Methods.StopScavenge, new StopScavengeReq { Options = new() { ScavengeId = id } }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (JournalException e) when (e.InnerException is GrpcException grpc && grpc.Trailers.GetValueOrDefault(Errors.Key) == Errors.ScavengeNotFound)
        {
            return false;
        }
    }
}
