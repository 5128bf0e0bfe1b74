using System.Diagnostics.CodeAnalysis;
using Loom.Core;

namespace Loom.Journal;

/// <summary>The streams that hold other streams' metadata: <c>$$orders</c> belongs to <c>orders</c>. Their last event counts.</summary>
public static class MetadataStreams
{
    /// <summary>The type that clients give an event of metadata.</summary>
    public const string EventType = "$metadata";

    /// <summary>The type of the event that ends a stream for ever.</summary>
    public const string TombstoneType = "$streamDeleted";

    /// <summary>The revision of the event that ends a stream for ever.</summary>
    public const long TombstoneRevision = long.MaxValue;

    private const string Prefix = "$$";

    /// <summary>The stream that holds the metadata of <paramref name="stream"/>.</summary>
    /// <exception cref="JournalException">The name is too long to have one.</exception>
    public static StreamName Of(StreamName stream) => StreamName.TryParse(Prefix + stream.Value, out var name)
        ? name
        : throw AppendRules.Refused($"Stream '{stream}' has no metadata: its name may have {StreamName.MaxLength - Prefix.Length} characters at most then.");

    /// <summary>Whether the name is that of metadata, and of which stream.</summary>
    public static bool TryDescribed(StreamName metadata, [NotNullWhen(true)] out StreamName? described)
    {
        described = metadata.Value.StartsWith(Prefix, StringComparison.Ordinal) && StreamName.TryParse(metadata.Value[Prefix.Length..], out var name) ? name : null;
        return described is not null;
    }

    /// <summary>The stream's metadata as it is now.</summary>
    public static async Task<StreamMetadata> ReadMetadataAsync(this IJournal journal, StreamName stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journal);
        await foreach (var e in journal.ReadStreamAsync(Of(stream), Direction.Backwards, long.MaxValue, 1, cancellationToken).ConfigureAwait(false))
        {
            return StreamMetadata.Parse(e.ContentType, e.Data);
        }

        return StreamMetadata.Empty;
    }

    /// <summary>Replaces the stream's metadata; <paramref name="expected"/> is of the metadata's own stream.</summary>
    /// <exception cref="JournalException">An actor stream, one of Loom's own, or one that was deleted for ever.</exception>
    public static Task<AppendResult> WriteMetadataAsync(
        this IJournal journal, StreamName stream, ExpectedRevision expected, StreamMetadata metadata, Guid eventId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(metadata);
        return journal.AppendAsync(Of(stream), expected, [new EventData(eventId, EventType, EventData.Json, metadata.ToJson(), default)], cancellationToken);
    }
}
