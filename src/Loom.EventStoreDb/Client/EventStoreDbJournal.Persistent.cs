using Loom.EventStoreDb.Client;
using Loom.EventStoreDb.Client.Persistent;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.Journal;

namespace Loom.EventStoreDb;

/// <summary>Persistent subscriptions: groups whose place the server keeps, and consumers of them.</summary>
public sealed partial class EventStoreDbJournal
{
    /// <summary>Makes a group.</summary>
    /// <exception cref="JournalException">There is one of that name already, it cannot be as the settings say, or the credentials may not.</exception>
    public Task CreateGroupAsync(PersistentGroup group, PersistentSettings settings, CancellationToken cancellationToken) =>
        OnceAsync(Methods.CreateGroup, PersistentRequests.Group(group, settings), cancellationToken);

    /// <summary>Changes a group's settings, and where it begins if that differs; its consumers are connected anew.</summary>
    /// <exception cref="JournalException">There is none of that name, it cannot be as the settings say, or the credentials may not.</exception>
    public Task UpdateGroupAsync(PersistentGroup group, PersistentSettings settings, CancellationToken cancellationToken) =>
        OnceAsync(Methods.UpdateGroup, PersistentRequests.Group(group, settings), cancellationToken);

    /// <summary>Deletes a group; its consumers end.</summary>
    /// <exception cref="JournalException">There is none of that name, or the credentials may not.</exception>
    public Task DeleteGroupAsync(PersistentGroup group, CancellationToken cancellationToken) =>
        OnceAsync(Methods.DeleteGroup, PersistentRequests.Delete(group), cancellationToken);

    /// <summary>How a group stands.</summary>
    /// <exception cref="JournalException">There is none of that name, or no server answers.</exception>
    public async Task<PersistentInfo> GroupAsync(PersistentGroup group, CancellationToken cancellationToken) =>
        PersistentRequests.Info((await OnceAsync(Methods.GroupInfo, PersistentRequests.Info(group), cancellationToken).ConfigureAwait(false)).SubscriptionInfo);

    /// <summary>Every group of the server.</summary>
    /// <exception cref="JournalException">No server answers.</exception>
    public async Task<IReadOnlyList<PersistentInfo>> GroupsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var request = new ListReq { Options = new() { ListAllSubscriptions = Wire.Empty } };
            return [.. (await OnceAsync(Methods.ListGroups, request, cancellationToken).ConfigureAwait(false)).Subscriptions.Select(PersistentRequests.Info)];
        }
        catch (JournalException none) when (none.InnerException is GrpcException { Code: StatusCode.NotFound })
        {
            return [];
        }
    }

    /// <summary>Has what is parked delivered again, up to the number <paramref name="stopAt"/> of the parked events; null for all of them.</summary>
    /// <exception cref="JournalException">There is no such group, or the credentials may not.</exception>
    public Task ReplayParkedAsync(PersistentGroup group, long? stopAt, CancellationToken cancellationToken) =>
        OnceAsync(Methods.ReplayParked, PersistentRequests.Parked(group, stopAt), cancellationToken);

    /// <summary>Begins to consume a group: at most <paramref name="buffer"/> events (1 to 10,000) come before they are answered.</summary>
    /// <remarks>The connection is made by the first read.</remarks>
    public PersistentConsumer Consume(PersistentGroup group, int buffer = 10)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer, 1);
        ThrowIfClosed();
        return new PersistentConsumer(group, buffer, _cluster, new Retries(_options.Time, _options.RetryDuring), _closing.Token);
    }
}
