using Loom.Core;
using Loom.Journal.Streams;

namespace Loom.Journal.Embedded;

/// <summary>What the rules about deleted and truncated streams ask, answered from durable events.</summary>
internal sealed class StoredFacts(StoredEvents stored) : IStreamFacts
{
    public long Last(StreamName stream) => stored.LastRevision(StreamKey.Of(stream));

    public StreamMetadata? Metadata(StreamName stream)
    {
        if (!stored.MayHoldMetadata || !StreamName.TryParse("$$" + stream.Value, out var name) || stored.NewestMetadata(name) is not { } newest)
        {
            return null;
        }

        // What came back without its events (a crash came between the two records) never came back.
        var metadata = StreamMetadata.Parse(newest.ContentType, newest.Data);
        return StreamEvents.IsReturn(newest) && metadata.TruncateBefore > Last(stream) ? new StreamMetadata { TruncateBefore = StreamMetadata.SoftDeleted } : metadata;
    }

    public RecordedEvent? First(StreamName stream) => stored.Forwards(stream, StreamKey.Of(stream), 0, 0).FirstOrDefault();
}
