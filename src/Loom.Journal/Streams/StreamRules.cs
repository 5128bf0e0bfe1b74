using Loom.Core;

namespace Loom.Journal.Streams;

/// <summary>What the rules ask of stored, durable events.</summary>
internal interface IStreamFacts
{
    /// <summary>The last revision ever used, −1 for none, <see cref="MetadataStreams.TombstoneRevision"/> when the stream is deleted for ever.</summary>
    long Last(StreamName stream);

    /// <summary>The newest metadata, or null when there is none.</summary>
    StreamMetadata? Metadata(StreamName stream);

    /// <summary>The event at revision 0, or null when it never was or is gone.</summary>
    RecordedEvent? First(StreamName stream);
}

/// <summary>What is visible of a stream: revisions <paramref name="First"/> to <paramref name="Last"/>, as far as they are not older than <paramref name="Since"/>.</summary>
/// <param name="First">First revision; above <paramref name="Last"/> when nothing is.</param>
/// <param name="Last">Last revision ever used, −1 for none.</param>
/// <param name="Since">What was stored earlier is not visible.</param>
/// <param name="Exists">Whether the stream exists to readers.</param>
internal readonly record struct StreamWindow(long First, long Last, DateTimeOffset? Since, bool Exists)
{
    public bool Shows(RecordedEvent e) => e.Revision >= First && (Since is not { } since || e.Created >= since);
}

/// <summary>What has to stay of a stream when space is given back: revision <paramref name="First"/> and later ones, and the newest whatever it is.</summary>
/// <param name="First">Earlier revisions may go.</param>
/// <param name="Last">The newest revision; it stays, so that revisions go on.</param>
/// <param name="Since">What was stored earlier may go.</param>
internal readonly record struct StreamRemains(long First, long Last, DateTimeOffset? Since)
{
    /// <summary>Whether anything of the stream may go.</summary>
    public bool Loses => First > 0 || Since is not null;

    /// <summary>Whether an append's events may go; all or none do.</summary>
    public bool MayDrop(long lastRevision, DateTimeOffset created) =>
        lastRevision < Last && (lastRevision < First || (Since is { } since && created < since));
}

/// <summary>What an append finds.</summary>
/// <param name="Last">Last revision ever used, −1 for none.</param>
/// <param name="Exists">Whether "stream exists" holds: with metadata it does before the first event.</param>
/// <param name="TakesNoStream">Whether "no stream" holds although there were events: it is deleted softly.</param>
/// <param name="ComesBack">Whether the append brings a softly deleted stream back.</param>
/// <param name="Truncated">First revision that truncation left.</param>
internal readonly record struct AppendState(long Last, bool Exists, bool TakesNoStream, bool ComesBack, long Truncated)
{
    /// <summary>Where the events of a repeated append at an exact revision may lie.</summary>
    public IEnumerable<long> Places(ExpectedRevision expected)
    {
        yield return expected.Value + 1;
        if (expected == ExpectedRevision.NoStream && Truncated > 0 && Truncated <= Last)
        {
            yield return Truncated;
        }
    }
}

/// <summary>The rules of EventStoreDB about deleted and truncated streams, in one place for every journal of our own.</summary>
internal sealed class StreamRules(IStreamFacts facts, Func<StreamName, bool> isActorStream, TimeProvider time)
{
    private const string CursorPrefix = "loom.cursors-";

    /// <summary>Whether a stream keeps its newest event only, whatever its metadata.</summary>
    public static bool KeepsNewestOnly(StreamName stream) =>
        stream.Value.StartsWith("$$", StringComparison.Ordinal) || stream.Value.StartsWith(CursorPrefix, StringComparison.Ordinal);

    /// <summary>What readers see now.</summary>
    /// <exception cref="JournalException">The stream, or the one that it describes, is deleted for ever.</exception>
    public StreamWindow Window(StreamName stream)
    {
        var last = facts.Last(stream);
        if (last == MetadataStreams.TombstoneRevision)
        {
            throw Deleted(stream);
        }

        if (MetadataStreams.TryDescribed(stream, out var described) && facts.Last(described.Value) == MetadataStreams.TombstoneRevision)
        {
            throw Deleted(described.Value);
        }

        if (last < 0)
        {
            return new StreamWindow(0, -1, null, Exists: false);
        }

        if (KeepsNewestOnly(stream))
        {
            return new StreamWindow(last, last, null, Exists: true);
        }

        // Metadata and events that were stored together are looked at together: what came between is looked at again.
        var effective = Effective(stream);
        while (effective.Hides && facts.Last(stream) is var now && now != last)
        {
            last = now == MetadataStreams.TombstoneRevision ? throw Deleted(stream) : now;
            effective = Effective(stream);
        }

        return Of(effective, last);
    }

    /// <summary>What has to stay of the stream for ever; what readers can see at this moment is part of it, and all of an actor's stream and of Loom's own.</summary>
    public StreamRemains Remains(StreamName stream)
    {
        var last = facts.Last(stream);
        if (KeepsNewestOnly(stream))
        {
            return new StreamRemains(last, last, null);
        }

        var isDead = last == MetadataStreams.TombstoneRevision;
        if (last < 0 || stream.IsLoom || stream.IsSystem || (isDead && IsActor(stream)))
        {
            return new StreamRemains(0, last, null);
        }

        var window = isDead ? new StreamWindow(last, last, null, Exists: false) : Of(Effective(stream), last);
        return new StreamRemains(window.First, last, window.Since);
    }

    /// <summary>Whether the stream is deleted softly: its events are hidden, and the next append brings it back.</summary>
    public bool IsSoftDeleted(StreamName stream) => Effective(stream).IsSoftDeletion;

    /// <summary>The metadata as far as it counts: not at all for actor streams and Loom's own.</summary>
    public StreamMetadata Effective(StreamName stream)
    {
        if (stream.IsLoom || stream.IsSystem || facts.Metadata(stream) is not { Hides: true } metadata)
        {
            return StreamMetadata.Empty;
        }

        return IsActor(stream) ? StreamMetadata.Empty : metadata;
    }

    /// <summary>Whether nothing of the stream may ever be hidden.</summary>
    public bool IsActor(StreamName stream) =>
        isActorStream(stream) || (facts.First(stream) is { } first && TransitionReader.CarriesLoom(first));

    /// <exception cref="JournalException">Nothing of the stream may be hidden.</exception>
    public void RefuseProtected(StreamName stream, string what)
    {
        ProtectedStreams.Check(stream, what);
        if (IsActor(stream))
        {
            throw ProtectedStreams.ActorStream(stream, what);
        }
    }

    /// <summary>Whether a deletion may be written; null says yes, else the conflict.</summary>
    /// <exception cref="JournalException">Refused, or deleted already.</exception>
    public DeleteResult.Conflict? CheckDelete(StreamName stream, ExpectedRevision expected, bool forEver)
    {
        var last = facts.Last(stream);
        if (last == MetadataStreams.TombstoneRevision)
        {
            throw Deleted(stream);
        }

        RefuseProtected(stream, forEver ? "A tombstone" : "Deletion");
        var isSoft = last >= 0 && IsSoftDeleted(stream);
        if (isSoft && expected == ExpectedRevision.StreamExists)
        {
            throw Deleted(stream);
        }

        var holds = expected == ExpectedRevision.Any
            || (expected == ExpectedRevision.StreamExists ? last >= 0 || (forEver && facts.Metadata(stream) is not null)
                : expected.Value == last || (isSoft && expected == ExpectedRevision.NoStream));
        return holds && (forEver || last >= 0) ? null : new DeleteResult.Conflict(last);
    }

    /// <summary>What an append finds.</summary>
    /// <exception cref="JournalException">Deleted, or metadata of a stream that may have none.</exception>
    public AppendState ForAppend(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events)
    {
        var last = facts.Last(stream);
        if (last == MetadataStreams.TombstoneRevision)
        {
            throw Deleted(stream);
        }

        if (MetadataStreams.TryDescribed(stream, out var described))
        {
            if (facts.Last(described.Value) == MetadataStreams.TombstoneRevision)
            {
                throw Deleted(described.Value);
            }

            RefuseProtected(described.Value, "Metadata");
        }
        else if (!stream.IsLoom && facts.Metadata(stream) is not null)
        {
            var effective = Effective(stream);
            var isSoft = effective.IsSoftDeletion && !IsBirth(last, events);
            if (isSoft && expected == ExpectedRevision.StreamExists)
            {
                throw Deleted(stream);
            }

            // An actor's first transition stands at revision 0: to it a deleted stream is no free name.
            var takesNoStream = isSoft && last >= 0 && !events.Any(e => TransitionReader.CarriesLoom(e.Metadata));
            return new AppendState(last, Exists: true, takesNoStream, isSoft, effective.TruncateBefore ?? 0);
        }

        return new AppendState(last, last >= 0, TakesNoStream: false, ComesBack: false, Truncated: 0);
    }

    /// <summary>What has to be stored behind metadata that somebody writes to a softly deleted stream: what was deleted stays deleted.</summary>
    public EventData? MetadataBesides(StreamName described, IReadOnlyList<EventData> written, Guid id) =>
        written.Count > 0 && IsSoftDeleted(described) && !StreamMetadata.Parse(written[^1].ContentType, written[^1].Data).IsSoftDeletion
            ? StreamEvents.Return(id, written[^1], facts.Last(described) + 1)
            : null;

    private static bool IsBirth(long last, IReadOnlyList<EventData> events) => last < 0 && events.Count > 0 && TransitionReader.CarriesLoom(events[0].Metadata);

    /// <summary>The first visible revision that metadata leaves, and the oldest time.</summary>
    public StreamWindow Of(StreamMetadata metadata, long last)
    {
        if (metadata.IsSoftDeletion)
        {
            return new StreamWindow(long.MaxValue, last, null, Exists: false);
        }

        var first = Math.Max(metadata.TruncateBefore ?? 0, metadata.MaxCount is { } count ? last - Math.Min(count, last + 1) + 1 : 0);
        return new StreamWindow(first, last, Since(metadata), Exists: true);
    }

    private DateTimeOffset? Since(StreamMetadata metadata)
    {
        var now = time.GetUtcNow();
        return metadata.MaxAgeSeconds is { } seconds && seconds < now.UtcTicks / TimeSpan.TicksPerSecond ? now.AddSeconds(-seconds) : null;
    }

    public static JournalException Deleted(StreamName stream) => new(
        JournalFailure.StreamDeleted, $"Stream '{stream}' was deleted. Choose another name; a stream with a tombstone never comes back.")
    { Stream = stream };
}
