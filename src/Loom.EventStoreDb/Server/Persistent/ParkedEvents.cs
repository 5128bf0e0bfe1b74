using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>A parked event, by reference.</summary>
internal sealed record ParkedBody(string Stream, long Revision, ulong Position, string Reason, int Retries);

/// <summary>An event that a group gave up, before it is written.</summary>
internal sealed record Parking(HeldEvent Held, string Reason);

/// <summary>
/// The events that a group gave up: <c>loom.parked-ID</c>, references in the order in which they were given up. Appended at the exact revision, as
/// the cursor is.
/// </summary>
internal sealed class ParkedEvents(IJournal journal, Group group, Guid owner)
{
    public const string Prefix = "loom.parked-";

    /// <summary>Most that are written at once: with the longest names they stay below the journal's limit.</summary>
    public const int Batch = 50;

    private const string EventType = "loom.parked";
    private const int MaxReason = 1_000;

    private readonly StreamName _stream = StreamName.Parse(Prefix + group.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>How many were ever parked.</summary>
    public long Count { get; private set; }

    public async Task OpenAsync(CancellationToken cancellationToken) =>
        Count = await journal.LastRevisionAsync(_stream, cancellationToken).ConfigureAwait(false) + 1;

    /// <summary>Appends; the first one's revision was the count. False when somebody else has.</summary>
    public async Task<bool> AppendAsync(IReadOnlyList<Parking> parking, CancellationToken cancellationToken)
    {
        var events = parking.Select((p, i) => new EventData(
            UuidV5.Create(UuidV5.EventNamespace, $"{_stream.Value}\n{Count + i}\n{owner}"),
            EventType,
            EventData.Json,
            JsonSerializer.SerializeToUtf8Bytes(BodyOf(p), PersistentJson.Default.ParkedBody),
            default)).ToList();
        if (await journal.AppendAsync(_stream, ExpectedRevision.After(Count - 1), events, cancellationToken).ConfigureAwait(false) is not AppendResult.Appended appended)
        {
            return false;
        }

        Count = appended.LastRevision + 1;
        return true;
    }

    /// <summary>The references from a revision on.</summary>
    public async IAsyncEnumerable<(long Revision, ParkedBody Body)> ReadAsync(long from, long count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(_stream, Direction.Forwards, from, count, cancellationToken).ConfigureAwait(false))
        {
            ParkedBody? body;
            try
            {
                body = JsonSerializer.Deserialize(e.Data.Span, PersistentJson.Default.ParkedBody);
            }
            catch (JsonException ex)
            {
                throw new JournalException(JournalFailure.Corrupt, $"{_stream} at revision {e.Revision} cannot be read: {ex.Message} Restore the journal from a backup.", ex);
            }

            yield return (e.Revision, body!);
        }
    }

    /// <summary>The event itself; null when its stream has it no more.</summary>
    public async Task<RecordedEvent?> LoadAsync(ParkedBody body, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var e in journal.ReadStreamAsync(StreamName.Parse(body.Stream), Direction.Forwards, body.Revision, 1, cancellationToken).ConfigureAwait(false))
            {
                return e.Revision == body.Revision ? e : null;
            }
        }
        catch (JournalException e) when (e.Failure == JournalFailure.StreamDeleted)
        {
            // For ever: there is nothing to replay.
        }

        return null;
    }

    private static ParkedBody BodyOf(Parking p)
    {
        var e = p.Held.Event;
        return new ParkedBody(e.Stream.Value, e.Revision, e.Position, p.Reason.Length <= MaxReason ? p.Reason : p.Reason[..MaxReason], p.Held.Retries);
    }
}
