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

    /// <summary>The link in the metadata, where this event was made with it.</summary>
    internal KnownLink? Known { get; init; }

    /// <summary>The event as a journal holds it, with an own copy of the bytes. A link that is known need not be read again.</summary>
    /// <param name="stream">The stream it is in.</param>
    /// <param name="revision">Its place in that stream.</param>
    /// <param name="position">Its place in the journal.</param>
    /// <param name="created">When the journal stored it.</param>
    public RecordedEvent Record(StreamName stream, long revision, ulong position, DateTimeOffset created)
    {
        var bytes = new byte[Data.Length + Metadata.Length];
        Data.CopyTo(bytes);
        Metadata.CopyTo(bytes.AsMemory(Data.Length));
        var metadata = bytes.AsMemory(Data.Length);
        return new RecordedEvent(stream, revision, position, Id, Type, ContentType, bytes.AsMemory(0, Data.Length), metadata, created)
        {
            Known = Known is { } known && known.IsIn(Metadata) ? known with { Metadata = metadata } : null,
        };
    }
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
    DateTimeOffset Created)
{
    /// <summary>The link in the metadata, where it is known without reading it.</summary>
    internal KnownLink? Known { get; init; }
}

/// <summary>A link, and the very bytes that hold it: of a copy of an event with other metadata it says nothing.</summary>
/// <param name="Metadata">The metadata that was written with the link.</param>
/// <param name="Link">The link.</param>
/// <param name="Opening">What opens it.</param>
internal sealed record KnownLink(ReadOnlyMemory<byte> Metadata, Link Link, Opening Opening)
{
    /// <summary>Whether this metadata is that very memory.</summary>
    public bool IsIn(ReadOnlyMemory<byte> metadata) => Metadata.Equals(metadata);
}
