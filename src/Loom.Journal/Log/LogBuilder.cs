using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>
/// Adds leaves: reads the journal in order from after the last leaf, and appends batches to <c>loom.log</c> at the expected revision. Nothing
/// but that stream is remembered, so a builder may be stopped anywhere, and two of them end with one log. Used by one caller at a time.
/// </summary>
internal sealed class LogBuilder(IJournal journal, LogIndex index, Func<RecordedEvent, string, CancellationToken, Task> refuse)
{
    private const int ScanAtOnce = 4096;
    private readonly LeafFinder _finder = new(journal, index);
    private readonly HashSet<StreamName> _refused = [];
    private ulong _next;

    /// <summary>The position that is looked at next; everything before it is in the tree, or no leaf, or refused.</summary>
    public ulong Next => Volatile.Read(ref _next);

    /// <summary>Streams whose links are no longer added.</summary>
    public void Refuse(StreamName stream) => _refused.Add(stream);

    /// <summary>Reads the batches that <c>loom.log</c> has beyond the index.</summary>
    /// <exception cref="JournalException">They do not follow: <see cref="JournalFailure.Corrupt"/>.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var e in journal.ReadStreamAsync(LoomStreams.Log, Direction.Forwards, index.LastBatch + 1, long.MaxValue, cancellationToken)
                               .ConfigureAwait(false))
            {
                index.Add(e.Revision, LogBatch.Decode(e));
            }
        }
        catch (FormatException e)
        {
            throw new JournalException(JournalFailure.Corrupt, $"The transparency log is damaged. {e.Message} Restore the journal from a backup.", e);
        }
    }

    /// <summary>
    /// Takes up after the last leaf when it stands here where its batch says; in a journal that was imported or moved it does not, and
    /// everything is looked at again once (what is in the tree is passed over).
    /// </summary>
    public async Task FindStartAsync(CancellationToken cancellationToken)
    {
        if (index.Last is not { } last)
        {
            return;
        }

        await foreach (var e in journal.ReadStreamAsync(last.Entry.Stream, Direction.Forwards, last.Entry.LastRevision, 1, cancellationToken)
                           .ConfigureAwait(false))
        {
            _next = e.Position == last.Position ? e.Position + 1 : 0;
        }
    }

    /// <summary>Adds every leaf that is durable now; under load, what comes in meanwhile is left to the next call.</summary>
    public async Task AddAsync(CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        if (await journal.LastPositionAsync(cancellationToken).ConfigureAwait(false) is not { } target)
        {
            return;
        }

        while (_next <= target && await AddSomeAsync(cancellationToken).ConfigureAwait(false))
        {
        }
    }

    /// <summary>Adds up to a batch; false when the end of the journal was reached.</summary>
    private async Task<bool> AddSomeAsync(CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        _finder.Restart();
        var (scanned, next, position) = (0, _next, 0UL);
        await foreach (var e in journal.ReadAllAsync(Direction.Forwards, _next, ScanAtOnce, null, cancellationToken).ConfigureAwait(false))
        {
            scanned++;
            next = e.Position + 1;
            if (_refused.Contains(e.Stream))
            {
                continue;
            }

            switch (await _finder.ExamineAsync(e, cancellationToken).ConfigureAwait(false))
            {
                case Examined.Leaf:
                    position = e.Position;
                    break;
                case Examined.Refused { Reason: var reason }:
                    _refused.Add(e.Stream);
                    await refuse(e, reason, cancellationToken).ConfigureAwait(false);
                    break;
            }

            if (_finder.Pending.Count == LogBatch.MaxLeaves || _finder.PendingBytes > LogBatch.MaxBytes)
            {
                break;
            }
        }

        if (_finder.Pending.Count > 0 && !await TryAppendAsync(position, cancellationToken).ConfigureAwait(false))
        {
            // Another builder was faster; look again at the same events, after its batches.
            return true;
        }

        Volatile.Write(ref _next, next);
        return scanned > 0;
    }

    private async Task<bool> TryAppendAsync(ulong position, CancellationToken cancellationToken)
    {
        var batch = new LogBatch(position, [.. _finder.Pending]);
        var e = new EventData(Guid.NewGuid(), LogBatch.EventType, EventData.Binary, batch.Encode(), ReadOnlyMemory<byte>.Empty);
        var expected = ExpectedRevision.After(index.LastBatch);
        if (await journal.AppendAsync(LoomStreams.Log, expected, [e], cancellationToken).ConfigureAwait(false) is not AppendResult.Appended appended)
        {
            return false;
        }

        index.Add(appended.LastRevision, batch);
        return true;
    }
}
