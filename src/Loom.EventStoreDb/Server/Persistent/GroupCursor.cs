using System.Globalization;
using System.Text.Json;
using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>How far a group is.</summary>
/// <param name="Owner">Who wrote it: one activation of the group on one server.</param>
/// <param name="Checkpoint">Everything up to here is done; null before the first event is.</param>
/// <param name="ParkedFrom">Parked events before this one were replayed and are done, or were truncated.</param>
/// <param name="ReplayTo">Parked events before this one are to be replayed.</param>
/// <param name="ParkedSince">Events behind the checkpoint that are parked already are at or behind this revision of the parked ones.</param>
internal sealed record CursorBody(Guid Owner, ulong? Checkpoint, long ParkedFrom, long ReplayTo, long ParkedSince);

/// <summary>
/// The newest event of <c>loom.cursors-subscription-ID</c>. Written at the exact revision: of two servers that both believe to serve the group
/// the second one notices, and nothing that it held counts.
/// </summary>
internal sealed class GroupCursor(IJournal journal, Group group)
{
    /// <summary>Of Loom's cursors, subscriptions' and others': a group that followed them would make the events that it follows.</summary>
    public const string AnyPrefix = "loom.cursors-";

    private const string EventType = "loom.cursor";

    private readonly StreamName _stream = StreamName.Parse($"{AnyPrefix}subscription-{group.Id.ToString(CultureInfo.InvariantCulture)}");
    private long _revision = -1;

    public static CursorBody Unused(Guid owner) => new(owner, null, 0, 0, 0);

    /// <summary>What stands there; null before the first.</summary>
    public async Task<CursorBody?> ReadAsync(CancellationToken cancellationToken)
    {
        _revision = -1;
        await foreach (var e in journal.ReadStreamAsync(_stream, Direction.Backwards, long.MaxValue, 1, cancellationToken).ConfigureAwait(false))
        {
            _revision = e.Revision;
            try
            {
                return JsonSerializer.Deserialize(e.Data.Span, PersistentJson.Default.CursorBody) ?? throw new JsonException("null");
            }
            catch (JsonException ex)
            {
                throw new JournalException(JournalFailure.Corrupt, $"{_stream} at revision {e.Revision} cannot be read: {ex.Message} Restore the journal from a backup.", ex);
            }
        }

        return null;
    }

    /// <summary>Whether nobody wrote since.</summary>
    public async Task<bool> IsCurrentAsync(CancellationToken cancellationToken) =>
        await journal.LastRevisionAsync(_stream, cancellationToken).ConfigureAwait(false) == _revision;

    /// <summary>False when somebody else wrote since.</summary>
    public async Task<bool> WriteAsync(CursorBody body, CancellationToken cancellationToken)
    {
        var id = UuidV5.Create(UuidV5.EventNamespace, $"{_stream.Value}\n{_revision + 1}\n{body.Owner}");
        var e = new EventData(id, EventType, EventData.Json, JsonSerializer.SerializeToUtf8Bytes(body, PersistentJson.Default.CursorBody), default);
        if (await journal.AppendAsync(_stream, ExpectedRevision.After(_revision), [e], cancellationToken).ConfigureAwait(false) is not AppendResult.Appended appended)
        {
            return false;
        }

        _revision = appended.LastRevision;
        return true;
    }
}
