namespace Loom.Web.Data;

/// <summary>The journal as an operator looks at it.</summary>
public interface IJournalInfo
{
    /// <summary>Kind, place and size.</summary>
    Task<JournalFacts> FactsAsync(CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="count"/> events before <paramref name="before"/> (null: the end), newest first, of streams that begin with <paramref name="prefix"/>.</summary>
    Task<IReadOnlyList<JournalEvent>> EventsAsync(ulong? before, int count, string? prefix, CancellationToken cancellationToken);
}

/// <summary>What a journal is, as name and value pairs worth showing (kind, folder, segments, bytes, last position, fsync rate, …).</summary>
/// <param name="ReadOnly">Whether it takes no writes now.</param>
/// <param name="Reason">Why it takes none, with the remedy; null when it does.</param>
/// <param name="LastPosition">Position of the last durable event; null when empty.</param>
/// <param name="Figures">The figures, in the order to show.</param>
public sealed record JournalFacts(bool ReadOnly, string? Reason, ulong? LastPosition, IReadOnlyList<Figure> Figures);

/// <summary>A name and a value, both for people.</summary>
public sealed record Figure(string Name, string Value);

/// <summary>An event in the whole journal.</summary>
/// <param name="Position">Its place in the journal.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place in the stream.</param>
/// <param name="Type">Its name.</param>
/// <param name="Bytes">Size of body and metadata.</param>
/// <param name="Created">When the journal stored it.</param>
/// <param name="IsActor">Whether the stream is an actor's, so that a page exists for it.</param>
public sealed record JournalEvent(ulong Position, string Stream, long Revision, string Type, int Bytes, DateTimeOffset Created, bool IsActor);
