using Loom.EventStoreDb.Grpc;
using Loom.Journal;
using Microsoft.Extensions.Logging;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>All groups of a journal, and those that are served here.</summary>
internal sealed class PersistentGroups(IJournal journal, TimeProvider time, ILogger log, CancellationToken stopping)
{
    /// <summary>Most groups of a journal.</summary>
    public const int MaxGroups = 1_000;

    /// <summary>Most consumers of a group, whatever its settings say.</summary>
    public const int MaxConsumers = 1_000;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly GroupStore _store = new(journal);
    private readonly Dictionary<long, GroupActivation> _active = [];

    public Task CreateAsync(GroupKey key, GroupBody body, CancellationToken cancellationToken) => ChangeAsync(
        GroupStore.Created,
        body,
        () => _store.Find(key) is not null ? throw PersistentErrors.Exists(key)
            : _store.All.Count >= MaxGroups ? throw PersistentErrors.Refused(key.Source, key.Name, $"There are {MaxGroups} groups already. Delete one.")
            : null,
        cancellationToken);

    /// <summary>Changes the settings; its consumers have to come again.</summary>
    public Task UpdateAsync(GroupKey key, GroupBody body, CancellationToken cancellationToken) =>
        ChangeAsync(GroupStore.Updated, body, () => Known(key), cancellationToken);

    public Task DeleteAsync(GroupKey key, CancellationToken cancellationToken) =>
        ChangeAsync(GroupStore.Deleted, new GroupBody(key.Source, key.Name, null, null, null, null), () => Known(key), cancellationToken);

    /// <summary>The group, served here from now on.</summary>
    public Task<GroupActivation> ActivateAsync(GroupKey key, CancellationToken cancellationToken) =>
        InTurnAsync(() => ActivateInTurnAsync(Known(key), cancellationToken), cancellationToken);

    /// <summary>A consumer of a group, connected.</summary>
    /// <exception cref="GrpcException">There is no such group, or no place in it.</exception>
    public Task<GroupActivation> ConnectAsync(GroupKey key, Consumer consumer, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            var activation = await ActivateInTurnAsync(Known(key), cancellationToken).ConfigureAwait(false);
            activation.Connect(consumer, activation.Group.Settings.MaxSubscriberCount is > 0 and < MaxConsumers and var most ? most : MaxConsumers);
            return activation;
        },
        cancellationToken);

    /// <summary>The groups that <paramref name="which"/> chooses, each with its activation where it is served here.</summary>
    public Task<List<(Group Group, GroupActivation? Active)>> ListAsync(Func<Group, bool> which, CancellationToken cancellationToken) => InTurnAsync(
        () => Task.FromResult(_store.All.Where(which).OrderBy(g => g.Id).Select(g => (g, _active.GetValueOrDefault(g.Id) is { HasEnded: false } active ? active : null)).ToList()),
        cancellationToken);

    /// <summary>Takes every group that is served here up anew.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            foreach (var id in _active.Keys.ToList())
            {
                await DropAsync(id).ConfigureAwait(false);
            }

            return true;
        },
        cancellationToken);

    private Group Known(GroupKey key) => _store.Find(key) ?? throw PersistentErrors.NotFound(key);

    private async Task<T> InTurnAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _store.CatchUpAsync(cancellationToken).ConfigureAwait(false);
            return await act().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private Task ChangeAsync(string type, GroupBody body, Func<Group?> check, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            Group? changed;
            do
            {
                changed = check();
            }
            while (!await _store.AppendAsync(type, body, cancellationToken).ConfigureAwait(false));

            if (changed is not null && !await DropAsync(changed.Id).ConfigureAwait(false))
            {
                await NoticeElsewhereAsync(changed, cancellationToken).ConfigureAwait(false);
            }

            return true;
        },
        cancellationToken);

    private async Task<GroupActivation> ActivateInTurnAsync(Group group, CancellationToken cancellationToken)
    {
        if (_active.TryGetValue(group.Id, out var active))
        {
            // While it has consumers its own writes tell; without, another server may have had it since.
            if (!active.HasEnded && active.Group.Version == group.Version
                && (active.HasConsumers || await active.IsCurrentAsync(cancellationToken).ConfigureAwait(false)))
            {
                return active;
            }

            await DropAsync(group.Id).ConfigureAwait(false);
        }

        return _active[group.Id] = await GroupActivation.TakeUpAsync(journal, group, time, log, stopping, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> DropAsync(long id)
    {
        if (!_active.Remove(id, out var active))
        {
            return false;
        }

        await active.EndAsync(PersistentErrors.Dropped(active.Group.Key)).ConfigureAwait(false);
        return true;
    }

    // A server that has the group sees at its next write that the cursor is not its own any more.
    private async Task NoticeElsewhereAsync(Group group, CancellationToken cancellationToken)
    {
        var cursor = new GroupCursor(journal, group);
        while (await cursor.ReadAsync(cancellationToken).ConfigureAwait(false) is { } body)
        {
            if (await cursor.WriteAsync(body with { Owner = Guid.NewGuid() }, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }
}
