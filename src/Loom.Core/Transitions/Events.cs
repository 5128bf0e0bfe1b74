namespace Loom.Core;

/// <summary>An event as it is given to a journal: bytes, not yet stored.</summary>
/// <param name="Id">Identifies the event; a repeated append with equal ids at the same revision is answered as before.</param>
/// <param name="Type">The event's name, not empty, independent of class names.</param>
/// <param name="ContentType"><c>application/json</c> or <c>application/octet-stream</c>.</param>
/// <param name="Data">The body.</param>
/// <param name="Metadata">The metadata: for Loom's events a canonical JSON object, for others any bytes.</param>
public sealed record EventData(Guid Id, string Type, string ContentType, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata)
{
    /// <summary>The content type of a JSON body.</summary>
    public const string Json = "application/json";

    /// <summary>The content type of any other body.</summary>
    public const string Binary = "application/octet-stream";

    /// <summary>What the event counts against the limit of one append: body, metadata, and twice the type's UTF-16 length.</summary>
    public int Size => Data.Length + Metadata.Length + (2 * Type.Length);
}

/// <summary>An event as a journal holds it.</summary>
/// <param name="Stream">The stream it is in.</param>
/// <param name="Revision">Its place in that stream, from 0.</param>
/// <param name="Position">Its place in the whole journal; strictly increasing, opaque.</param>
/// <param name="Id">The event's id.</param>
/// <param name="Type">The event's name.</param>
/// <param name="ContentType">The kind of body.</param>
/// <param name="Data">The body.</param>
/// <param name="Metadata">The metadata as it was given.</param>
/// <param name="Created">When the journal stored it, by the journal's own clock (informative only).</param>
public sealed record RecordedEvent(
    StreamName Stream,
    long Revision,
    ulong Position,
    Guid Id,
    string Type,
    string ContentType,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Metadata,
    DateTimeOffset Created);
