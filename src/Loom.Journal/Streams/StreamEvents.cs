using System.Text;
using Loom.Core;

namespace Loom.Journal.Streams;

/// <summary>The events that a journal itself writes about streams.</summary>
internal static class StreamEvents
{
    private static readonly byte[] ReturnMark = "{\"$comesBack\":true}"u8.ToArray();

    /// <summary>The stream's metadata from now on: every event of now is hidden.</summary>
    public static EventData SoftDeletion(Guid id) => Metadata(id, StreamMetadata.SoftDeleted);

    /// <summary>The stream comes back with its next revision, which is stored right after it.</summary>
    public static EventData Return(Guid id, long next) => Metadata(id, next) with { Metadata = ReturnMark };

    /// <summary>
    /// Whether the event says that a stream comes back. Where the events that it came back with are not there (a crash came between), the
    /// stream is still deleted.
    /// </summary>
    public static bool IsReturn(RecordedEvent metadata) => metadata.Metadata.Span.SequenceEqual(ReturnMark);

    /// <summary>Metadata that somebody wrote to a softly deleted stream, and that leaves deleted what was deleted.</summary>
    public static EventData Return(Guid id, EventData written, long next) =>
        new(id, MetadataStreams.EventType, EventData.Json, StreamMetadata.WithTruncateBefore(written.ContentType, written.Data, next), written.Metadata);

    /// <summary>The end of a stream for ever.</summary>
    public static EventData Tombstone(Guid id) => new(id, MetadataStreams.TombstoneType, EventData.Json, Encoding.UTF8.GetBytes("{}"), default);

    private static EventData Metadata(Guid id, long before) =>
        new(id, MetadataStreams.EventType, EventData.Json, new StreamMetadata { TruncateBefore = before }.ToJson(), default);
}
