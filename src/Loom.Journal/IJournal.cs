using Loom.Core;

namespace Loom.Journal;

/// <summary>What an append expects of its stream (EventStoreDB's semantics).</summary>
public readonly record struct ExpectedRevision
{
    private readonly long _value;

    private ExpectedRevision(long value) => _value = value;

    /// <summary>Whatever the stream holds. Never used for actor streams.</summary>
    public static ExpectedRevision Any { get; } = new(-2);

    /// <summary>The stream holds no events.</summary>
    public static ExpectedRevision NoStream { get; } = new(-1);

    /// <summary>The stream holds at least one event.</summary>
    public static ExpectedRevision StreamExists { get; } = new(-4);

    /// <summary>The stream's last revision is exactly <paramref name="revision"/> (from 0).</summary>
    public static ExpectedRevision At(long revision) =>
        revision >= 0 ? new(revision) : throw new ArgumentOutOfRangeException(nameof(revision), revision, "A revision is 0 or more.");

    /// <summary><see cref="NoStream"/> for −1, else <see cref="At"/>.</summary>
    public static ExpectedRevision After(long lastRevision) => lastRevision == -1 ? NoStream : At(lastRevision);

    /// <summary>−1 no stream, −2 any, −4 stream exists, else the revision.</summary>
    public long Value => _value;

    /// <summary>Whether a concrete revision (or none) is named.</summary>
    public bool IsExact => _value >= -1;

    /// <inheritdoc/>
    public override string ToString() => _value switch { -1 => "no stream", -2 => "any", -4 => "stream exists", _ => $"revision {_value}" };
}

/// <summary>How an append ended. A conflict is an answer, not an exception.</summary>
public abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>The events are durable (now, or since an earlier append of the very same events).</summary>
    /// <param name="LastRevision">Revision of the last event of this append; −1 when nothing was ever written.</param>
    /// <param name="Position">Position of that event; null for an append of no events.</param>
    public sealed record Appended(long LastRevision, ulong? Position) : AppendResult
    {
        /// <summary>
        /// Whether an earlier append stored events of these ids at this place (obligation 4). Only the ids were compared: the stored bytes may
        /// be another writer's, so whoever depends on its own bytes reads them back. A journal that cannot tell says true.
        /// </summary>
        public bool Repeated { get; init; }

        /// <summary>Compares the answer, not how it came about: a repeat is answered as the first was.</summary>
        public bool Equals(Appended? other) => other is not null && LastRevision == other.LastRevision && Position == other.Position;

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(LastRevision, Position);
    }

    /// <summary>The stream was not as expected; nothing was written.</summary>
    /// <param name="ActualRevision">The stream's last revision; −1 when it has no events.</param>
    public sealed record Conflict(long ActualRevision) : AppendResult;
}

/// <summary>Which way to read.</summary>
public enum Direction
{
    /// <summary>Oldest first.</summary>
    Forwards,

    /// <summary>Newest first.</summary>
    Backwards,
}

/// <summary>Which events a read or a subscription of the whole journal lets through; everything else is skipped.</summary>
/// <param name="StreamPrefixes">Ordinal prefixes of stream names; one match is enough. Empty lets all through.</param>
public sealed record EventFilter(IReadOnlyList<string> StreamPrefixes)
{
    /// <summary>An expression that has to match as well; null lets all through.</summary>
    public EventPattern? Pattern { get; init; }

    /// <summary>Whether the event passes.</summary>
    public bool Matches(RecordedEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return HasPrefix(e.Stream) && Pattern?.Matches(e) != false;
    }

    private bool HasPrefix(StreamName stream)
    {
        foreach (var prefix in StreamPrefixes)
        {
            if (stream.Value.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return StreamPrefixes.Count == 0;
    }
}

/// <summary>What a subscription yields.</summary>
public abstract record SubscriptionMessage
{
    private SubscriptionMessage()
    {
    }

    /// <summary>An event, durable, in order.</summary>
    /// <param name="Event">The event.</param>
    public sealed record EventArrived(RecordedEvent Event) : SubscriptionMessage;

    /// <summary>Everything up to and including this position was yielded or skipped by the filter; a valid place to restart after.</summary>
    /// <param name="Position">The position.</param>
    public sealed record Checkpoint(ulong Position) : SubscriptionMessage;

    /// <summary>Everything durable at this moment has been yielded; may come again after falling behind.</summary>
    public sealed record CaughtUp : SubscriptionMessage;
}

/// <summary>
/// The durable store of all streams. Obligations on an implementation (the contract suite tests them by these numbers):
/// 1 an append is atomic and contiguous in its stream; 2 it is acknowledged only when durable; 3 an append whose expectation does not
/// hold writes nothing and says what is there; 4 a repeated append (equal ids at the expected place) is answered as the first was
/// (specs 4.8's table); 5 revisions of a stream run 0, 1, 2… and positions strictly increase; 6 reads and subscriptions yield durable
/// events only, each once, in order; 7 actor streams and <c>loom.*</c> refuse what hides events. Of an ordinary stream that was truncated or
/// deleted by its metadata, reads and subscriptions of it yield what is left, and those of the whole journal everything. Thread-safe.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Appends all events or none.</summary>
    /// <exception cref="JournalException">The journal cannot take writes now (disk full, read-only, closed) or refuses these (names, sizes).</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the events were handed to the disk; after that the outcome is awaited.</exception>
    Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a stream. <paramref name="from"/> is a revision, inclusive in both directions; <see cref="long.MaxValue"/> is the end.
    /// A stream that does not exist yields nothing; ask <see cref="LastRevisionAsync"/> to tell it from an empty range.
    /// </summary>
    /// <exception cref="JournalException">On enumeration: the stream is deleted for ever, or the journal cannot be read.</exception>
    IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the whole journal. <paramref name="from"/> is a position: forwards inclusive, backwards exclusive (EventStoreDB);
    /// 0 is the start, <see cref="ulong.MaxValue"/> the end; a number between events means the next event in the direction.
    /// </summary>
    IAsyncEnumerable<RecordedEvent> ReadAllAsync(Direction direction, ulong from, long maxCount, EventFilter? filter, CancellationToken cancellationToken);

    /// <summary>Follows a stream, yielding events after revision <paramref name="after"/> (−1: from the start). Ends only by cancellation or an exception.</summary>
    IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(StreamName stream, long after, CancellationToken cancellationToken);

    /// <summary>Follows the whole journal, yielding events after position <paramref name="after"/> (null: from the start).</summary>
    IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(ulong? after, EventFilter? filter, CancellationToken cancellationToken);

    /// <summary>The stream's last revision, or −1 when it has no events or is deleted softly.</summary>
    /// <exception cref="JournalException">The stream is deleted for ever, or the journal cannot be read.</exception>
    Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken);

    /// <summary>The position of the last durable event, or null in an empty journal.</summary>
    Task<ulong?> LastPositionAsync(CancellationToken cancellationToken);
}

/// <summary>Why a journal could not do what was asked.</summary>
public enum JournalFailure
{
    /// <summary>A name, size or rule forbids it; asking again cannot help.</summary>
    Refused,

    /// <summary>The disk is full; nothing was written.</summary>
    DiskFull,

    /// <summary>The journal is open for reading only.</summary>
    ReadOnly,

    /// <summary>Another process has this journal open.</summary>
    InUse,

    /// <summary>Stored bytes are damaged; the message names file and offset.</summary>
    Corrupt,

    /// <summary>The journal failed or was closed; whether the last append is durable is unknown until it is opened again.</summary>
    Unavailable,

    /// <summary>The stream was deleted, for ever or (where it has to exist) softly.</summary>
    StreamDeleted,
}

/// <summary>A journal's refusal or failure. The message names the thing, the reason and the remedy.</summary>
public sealed class JournalException : Exception
{
    /// <summary>Makes one.</summary>
    public JournalException(JournalFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>The kind of failure.</summary>
    public JournalFailure Failure { get; }

    /// <summary>The stream that it is about, where it is about one that was deleted.</summary>
    public StreamName? Stream { get; init; }
}
