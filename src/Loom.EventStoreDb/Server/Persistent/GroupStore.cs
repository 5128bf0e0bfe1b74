using System.Text.Json;
using System.Text.Json.Serialization;
using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>What an event of <c>loom.subscriptions</c> says.</summary>
/// <param name="Stream">The stream, or <c>$all</c>.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Settings">Null where it was deleted.</param>
/// <param name="After">See <see cref="Persistent.Group.After"/>; as text, since it may be larger than JSON's numbers.</param>
/// <param name="StartFrom">See <see cref="Persistent.Group.StartFrom"/>.</param>
/// <param name="Filter">Only where it was created.</param>
internal sealed record GroupBody(string Stream, string Group, GroupSettings? Settings, ulong? After, string? StartFrom, GroupFilter? Filter);

/// <summary>Json of what persistent subscriptions keep.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
[JsonSerializable(typeof(GroupBody))]
[JsonSerializable(typeof(CursorBody))]
[JsonSerializable(typeof(ParkedBody))]
internal sealed partial class PersistentJson : JsonSerializerContext;

/// <summary>
/// The groups that there are: events of <c>loom.subscriptions</c>, each appended at the revision that was read, so that servers of one journal
/// agree. Not thread-safe.
/// </summary>
internal sealed class GroupStore(IJournal journal)
{
    public const string Created = "loom.subscription.created";
    public const string Updated = "loom.subscription.updated";
    public const string Deleted = "loom.subscription.deleted";

    private static readonly StreamName Stream = StreamName.Parse("loom.subscriptions");

    private readonly Dictionary<GroupKey, Group> _groups = [];
    private long _revision = -1;

    public IReadOnlyCollection<Group> All => _groups.Values;

    public Group? Find(GroupKey key) => _groups.GetValueOrDefault(key);

    /// <summary>Reads what was added since.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(Stream, Direction.Forwards, _revision + 1, long.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            Apply(e);
            _revision = e.Revision;
        }
    }

    /// <summary>Appends after what was read; false when somebody else has.</summary>
    public async Task<bool> AppendAsync(string type, GroupBody body, CancellationToken cancellationToken)
    {
        var e = new EventData(Guid.NewGuid(), type, EventData.Json, JsonSerializer.SerializeToUtf8Bytes(body, PersistentJson.Default.GroupBody), default);
        var done = await journal.AppendAsync(Stream, ExpectedRevision.After(_revision), [e], cancellationToken).ConfigureAwait(false) is AppendResult.Appended;
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        return done;
    }

    private void Apply(RecordedEvent e)
    {
        if (e.Type is not (Created or Updated or Deleted))
        {
            return;
        }

        GroupBody body;
        try
        {
            body = JsonSerializer.Deserialize(e.Data.Span, PersistentJson.Default.GroupBody) ?? throw new JsonException("null");
        }
        catch (JsonException ex)
        {
            throw new JournalException(JournalFailure.Corrupt, $"{Stream} at revision {e.Revision} cannot be read: {ex.Message} Restore the journal from a backup.", ex);
        }

        var key = new GroupKey(body.Stream == GroupKey.All ? null : StreamName.Parse(body.Stream), body.Group);
        switch (e.Type)
        {
            case Created:
                _groups[key] = new Group(e.Revision, e.Revision, key, body.Settings!, body.After, body.StartFrom ?? "", body.Filter);
                break;
            case Updated when _groups.TryGetValue(key, out var known):
                _groups[key] = known with { Version = e.Revision, Settings = body.Settings!, After = body.After, StartFrom = body.StartFrom ?? "" };
                break;
            case Deleted:
                _groups.Remove(key);
                break;
        }
    }
}
