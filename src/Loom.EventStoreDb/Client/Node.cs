using Loom.EventStoreDb.Grpc;

namespace Loom.EventStoreDb.Client;

/// <summary>
/// A server that answered: its channel, and one call for all its appends where it has that. Once it is given up no new call uses it; reads that
/// still go on keep the channel until they end.
/// </summary>
internal sealed class Node(NodeAddress address, GrpcChannel channel, bool hasBatchAppend, TimeSpan deadline, TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _users = 1; // the cluster's own use

    public NodeAddress Address => address;

    public GrpcChannel Channel => channel;

    /// <summary>Null where the server has no BatchAppend.</summary>
    public BatchAppender? Batches { get; } = hasBatchAppend ? new BatchAppender(channel, deadline, time) : null;

    /// <summary>A call begins; false when the node was given up and let go in this moment.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_users == 0)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    /// <summary>A call ended.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_users > 0)
            {
                return;
            }
        }

        channel.Dispose();
    }

    /// <summary>Ends its appends, whose outcome is unknown then, and the cluster's use of it.</summary>
    public async ValueTask GiveUpAsync()
    {
        if (Batches is not null)
        {
            await Batches.DisposeAsync().ConfigureAwait(false);
        }

        Leave();
    }
}
