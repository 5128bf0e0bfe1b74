using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>Appends imported events with many appends under way, in order. Events that stood together in one append are gathered first.</summary>
internal sealed class ImportQueue(SegmentedJournal journal, int inFlight)
{
    private readonly List<RecordedEvent> _together = [];
    private readonly Queue<(Task<AppendResult> Task, long Line)> _running = new();
    private ulong _lastPosition;
    private long _lastLine;

    public long Count { get; private set; }

    public async Task AddAsync(RecordedEvent e, long line, CancellationToken cancellationToken)
    {
        if (Count > 0 && e.Position <= _lastPosition)
        {
            throw new JournalException(JournalFailure.Refused, $"Line {line} has position {e.Position}, not above the line before it. Import the lines in the order of the export.");
        }

        if (_together.Count > 0 && !Continues(_together[^1], e))
        {
            await FlushAsync(cancellationToken);
        }

        _together.Add(e);
        (_lastPosition, _lastLine) = (e.Position, line);
        Count++;
    }

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        while (_running.Count > 0)
        {
            await FinishOneAsync();
        }
    }

    /// <summary>Positions of one append follow each other without a gap, which those of two never do.</summary>
    private static bool Continues(RecordedEvent last, RecordedEvent next) =>
        next.Stream == last.Stream && next.Position == last.Position + 1 && next.Revision == last.Revision + 1 && next.Created == last.Created;

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_together.Count == 0)
        {
            return;
        }

        while (_running.Count >= inFlight)
        {
            await FinishOneAsync();
        }

        var first = _together[0];
        if (first.Revision < 0)
        {
            throw new JournalException(JournalFailure.Refused, $"Line {_lastLine} has a negative revision.");
        }

        var events = _together.ConvertAll(e => new EventData(e.Id, e.Type, e.ContentType, e.Data, e.Metadata));
        _together.Clear();
        _running.Enqueue((journal.ImportAsync(first.Stream, first.Revision, events, first.Created, cancellationToken), _lastLine));
    }

    private async Task FinishOneAsync()
    {
        var (task, line) = _running.Dequeue();
        if (await task is AppendResult.Conflict conflict)
        {
            throw new JournalException(
                JournalFailure.Refused, $"The events up to line {line} do not follow on: their stream is at revision {conflict.ActualRevision}. Export again, and import into a new folder.");
        }
    }
}
