using Loom.Core;
using Loom.Journal.Streams;

namespace Loom.Journal;

/// <summary>Decisions about appends, deletions and tombstones. Everything here runs under the lock.</summary>
public sealed partial class InMemoryJournal
{
    /// <inheritdoc/>
    public Task<DeleteResult> DeleteAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
        DeleteAsync(stream, expected, forEver: false, cancellationToken);

    /// <inheritdoc/>
    public Task<DeleteResult> TombstoneAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
        DeleteAsync(stream, expected, forEver: true, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>There is no disk whose space could be given back: nothing goes.</remarks>
    public Task<ScavengeReport> ScavengeAsync(ScavengeRequest request, IProgress<JournalProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ThrowIfClosed();
        }

        return Task.FromResult(new ScavengeReport(0, 0, 0, 0, 0));
    }

    private Task<DeleteResult> DeleteAsync(StreamName stream, ExpectedRevision expected, bool forEver, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource signal;
        ulong position;
        lock (_gate)
        {
            ThrowIfClosed();
            if (_rules.CheckDelete(stream, expected, forEver) is { } conflict)
            {
                return Task.FromResult<DeleteResult>(conflict);
            }

            if (forEver)
            {
                _all.Add(StreamEvents.Tombstone(Guid.NewGuid()).Record(stream, MetadataStreams.TombstoneRevision, (ulong)_all.Count + 1, _time.GetUtcNow()));
                _tombstones.Add(stream.Value);
            }
            else
            {
                Store(MetadataStreams.Of(stream), [StreamEvents.SoftDeletion(Guid.NewGuid())]);
            }

            position = (ulong)_all.Count;
            (signal, _more) = (_more, NewSignal());
        }

        signal.SetResult();
        return Task.FromResult<DeleteResult>(new DeleteResult.Deleted(position));
    }

    private void Store(StreamName stream, IReadOnlyList<EventData> events)
    {
        if (!_streams.TryGetValue(stream.Value, out var stored))
        {
            _streams[stream.Value] = stored = [];
        }

        var now = _time.GetUtcNow();
        foreach (var e in events)
        {
            var recorded = e.Record(stream, stored.Count, (ulong)_all.Count + 1, now);
            stored.Add(recorded);
            _all.Add(recorded);
        }
    }

    private List<EventData> BesideSoftDeletion(StreamName described, IReadOnlyList<EventData> written) =>
        _rules.MetadataBesides(described, written, Guid.NewGuid()) is { } more ? [.. written, more] : [.. written];

    // The table of obligation 4. Null: write the events.
    private AppendResult? Answered(StreamName stream, AppendState state, ExpectedRevision expected, IReadOnlyList<EventData> events)
    {
        var stored = _streams.GetValueOrDefault(stream.Value);
        if (!expected.IsExact)
        {
            if (expected == ExpectedRevision.StreamExists && !state.Exists)
            {
                return new AppendResult.Conflict(state.Last);
            }

            return events.Count == 0 ? new AppendResult.Appended(state.Last, null) : AnsweredLoosely(stored, state.Last, events);
        }

        if (expected.Value == state.Last)
        {
            return events.Count == 0 ? new AppendResult.Appended(state.Last, null) : null;
        }

        var mayWrite = state.TakesNoStream && expected == ExpectedRevision.NoStream;
        if (events.Count == 0)
        {
            return mayWrite ? new AppendResult.Appended(state.Last, null) : new AppendResult.Conflict(state.Last);
        }

        if (expected.Value > state.Last)
        {
            return new AppendResult.Conflict(state.Last);
        }

        foreach (var first in state.Places(expected))
        {
            if (AnsweredAt(stored!, first, events, out var isFirst) is AppendResult.Appended repeated)
            {
                return repeated;
            }

            mayWrite &= !isFirst;
        }

        return mayWrite ? null : new AppendResult.Conflict(state.Last);
    }

    private static AppendResult AnsweredAt(List<RecordedEvent> stored, long first, IReadOnlyList<EventData> events, out bool isFirst)
    {
        isFirst = first < stored.Count && stored[(int)first].Id == events[0].Id;
        for (var i = 0; i < events.Count; i++)
        {
            if (first + i >= stored.Count || stored[(int)(first + i)].Id != events[i].Id)
            {
                return new AppendResult.Conflict(stored.Count - 1);
            }
        }

        var last = stored[(int)first + events.Count - 1];
        return new AppendResult.Appended(last.Revision, last.Position) { Repeated = true };
    }

    private static AppendResult? AnsweredLoosely(List<RecordedEvent>? stored, long current, IReadOnlyList<EventData> events)
    {
        var first = stored?.FindLastIndex(e => e.Id == events[0].Id) ?? -1;
        if (first < 0)
        {
            return null;
        }

        return AnsweredAt(stored!, first, events, out _) is AppendResult.Appended repeated ? repeated : new AppendResult.Conflict(current);
    }

    private sealed class Facts(InMemoryJournal journal) : IStreamFacts
    {
        public long Last(StreamName stream) => journal._tombstones.Contains(stream.Value)
            ? MetadataStreams.TombstoneRevision
            : (journal._streams.GetValueOrDefault(stream.Value)?.Count ?? 0) - 1;

        public StreamMetadata? Metadata(StreamName stream) =>
            journal._streams.Count == 0 || journal._streams.GetValueOrDefault("$$" + stream.Value) is not [.., var last]
                ? null
                : StreamMetadata.Parse(last.ContentType, last.Data);

        public RecordedEvent? First(StreamName stream) => journal._streams.GetValueOrDefault(stream.Value) is [var first, ..] ? first : null;
    }
}
