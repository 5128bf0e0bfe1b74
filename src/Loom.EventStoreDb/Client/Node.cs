using Loom.EventStoreDb.Grpc;

namespace Loom.EventStoreDb.Client;

/// <summary>A server that answered: its channel, and one call for all its appends where it has that.</summary>
internal sealed class Node(NodeAddress address, GrpcChannel channel, bool hasBatchAppend, TimeSpan deadline, TimeProvider time) : IAsyncDisposable
{
    public NodeAddress Address => address;

    public GrpcChannel Channel => channel;

    /// <summary>Null where the server has no BatchAppend.</summary>
    public BatchAppender? Batches { get; } = hasBatchAppend ? new BatchAppender(channel, deadline, time) : null;

    public async ValueTask DisposeAsync()
    {
        if (Batches is not null)
        {
            await Batches.DisposeAsync().ConfigureAwait(false);
        }

        channel.Dispose();
    }
}
