using Loom.Core;

namespace Loom.Journal;

/// <summary>How a deletion ended. A conflict is an answer, not an exception.</summary>
public abstract record DeleteResult
{
    private DeleteResult()
    {
    }

    /// <summary>The deletion is durable.</summary>
    /// <param name="Position">Position of the event that says so; null where a journal does not tell.</param>
    public sealed record Deleted(ulong? Position) : DeleteResult;

    /// <summary>The stream was not as expected; nothing was written.</summary>
    /// <param name="ActualRevision">The stream's last revision ever used; −1 when it never had events.</param>
    public sealed record Conflict(long ActualRevision) : DeleteResult;
}

/// <summary>
/// What a journal can do to ordinary streams beside appending (EventStoreDB's semantics). Metadata needs no method: it is what
/// <see cref="MetadataStreams"/> name, which are read and appended to like others. Actor streams and <c>loom.*</c> refuse all of it, for every caller.
/// </summary>
public interface IStreamAdministration
{
    /// <summary>
    /// Deletes the stream softly: it is as if it did not exist until it is appended to again, and its revisions go on where they ended.
    /// <c>$all</c> still has its events. Replaces the stream's metadata.
    /// </summary>
    /// <exception cref="JournalException">Refused, deleted for ever, or the journal cannot take writes now.</exception>
    Task<DeleteResult> DeleteAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken);

    /// <summary>Deletes the stream for ever: whoever reads or appends to it is told <see cref="JournalFailure.StreamDeleted"/>.</summary>
    /// <exception cref="JournalException">Refused, deleted for ever already, or the journal cannot take writes now.</exception>
    Task<DeleteResult> TombstoneAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken);
}
