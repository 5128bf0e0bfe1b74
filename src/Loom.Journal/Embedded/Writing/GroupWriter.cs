using Microsoft.Extensions.Logging;

namespace Loom.Journal.Embedded;

/// <summary>
/// The only one that writes. Takes what waits, decides each append, lays the records of all that may be written into one buffer, writes
/// it once, makes it durable once, publishes, answers. While that goes on the next group gathers.
/// </summary>
internal sealed class GroupWriter
{
    private const int MaxGroupBytes = 8 << 20;

    private readonly SegmentStore _store;
    private readonly Decider _decider;
    private readonly RecentEvents _recent;
    private readonly ILogger? _log;
    private readonly Action _committed;
    private readonly Lock _gate = new();
    private readonly Queue<AppendRequest> _waiting = new();
    private readonly Queue<AppendRequest> _taken = new();
    private readonly List<AppendRequest> _group = [];
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _room;
    private byte[] _buffer = new byte[64 << 10];
    private JournalException? _failure;
    private bool _isClosing;

    public GroupWriter(SegmentStore store, Decider decider, RecentEvents recent, SegmentedJournalOptions options, Action committed)
    {
        (_store, _decider, _recent, _log, _committed) = (store, decider, recent, options.Log, committed);
        _room = new SemaphoreSlim(options.MaxQueued);
    }

    /// <summary>Whether it is unknown what is durable, so that only a new opening helps.</summary>
    public bool IsFailed => _failure is not null;

    /// <summary>Hands an append over; its task is the answer.</summary>
    public Task<AppendResult> EnqueueAsync(AppendRequest request)
    {
        var room = _room.WaitAsync(request.Cancellation);
        return room.IsCompletedSuccessfully ? Enqueue(request) : EnqueueLaterAsync(room, request);
    }

    /// <summary>Writes groups until <see cref="Close"/>, on a thread of its own: it waits for the disk.</summary>
    public void Run()
    {
        while (true)
        {
            _arrived.Wait();
            while (RunGroup())
            {
            }

            lock (_gate)
            {
                if (_isClosing && _waiting.Count == 0)
                {
                    return;
                }
            }
        }
    }

    /// <summary>No append is taken any more; those that wait are still written.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosing = true;
        }

        _arrived.Release();
    }

    /// <summary>One group; false when nothing waits.</summary>
    public bool RunGroup()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var request))
            {
                _taken.Enqueue(request);
            }
        }

        if (_taken.Count == 0)
        {
            return false;
        }

        try
        {
            var length = Gather();
            if (_group.Count > 0)
            {
                Commit(length);
            }
        }
        catch (Exception e)
        {
            // A bug, or a failure nobody foresaw: better no journal than one that guesses.
            Abandon(e, isOutcomeKnown: false);
        }

        _group.Clear();
        return true;
    }

    /// <summary>Marks an orderly end, so that whatever is missing or wrong at the next opening is damage and no torn tail.</summary>
    public void WriteEnd(DateTimeOffset now)
    {
        if (_failure is not null || _store.EndsOrderly || _store.MustRoll)
        {
            return;
        }

        var record = new byte[RecordHeader.Size];
        new RecordHeader(0, 0, 0, _store.End, _store.End, 0, now.UtcTicks).Write(record, Crc32C.Start);
        try
        {
            _store.Write(record);
            _store.Sync();
        }
        catch (IOException e)
        {
            _log?.LogWarning(e, "The end of the journal could not be marked; the next opening takes it for a crash.");
        }
    }

    private async Task<AppendResult> EnqueueLaterAsync(Task room, AppendRequest request)
    {
        await room;
        return await Enqueue(request);
    }

    private Task<AppendResult> Enqueue(AppendRequest request)
    {
        bool isFirst;
        lock (_gate)
        {
            if (_isClosing)
            {
                throw Closed();
            }

            isFirst = _waiting.Count == 0;
            _waiting.Enqueue(request);
        }

        if (isFirst)
        {
            _arrived.Release();
        }

        return request.Task;
    }

    public static JournalException Closed() => new(JournalFailure.Unavailable, "The journal is closed. Open it again.");

    /// <summary>Fills the buffer with a group; what is answered without a write is answered here.</summary>
    private int Gather()
    {
        var length = 0;
        var start = _store.End;
        while (_taken.TryPeek(out var request))
        {
            if (_group.Count > 0 && (length + request.RecordLength > MaxGroupBytes || !_store.Fits(length + request.RecordLength)))
            {
                break;
            }

            if (_failure is not null || request.Cancellation.IsCancellationRequested)
            {
                _taken.Dequeue();
                Finish(request, _failure);
                continue;
            }

            try
            {
                var decision = _decider.Decide(request, out var answer);
                if (decision == Decision.Wait)
                {
                    break;
                }

                if (decision == Decision.Answer)
                {
                    _taken.Dequeue();
                    Finish(request, answer!);
                    continue;
                }

                if (_group.Count == 0 && !_store.Takes(request.RecordLength + (request.Before?.RecordLength ?? 0)))
                {
                    _store.Roll();
                    start = _store.End;
                }
            }
            catch (Exception e) when (e is JournalException or IOException or UnauthorizedAccessException)
            {
                // Nothing of this append was written; the ones behind it may fare better.
                _taken.Dequeue();
                Finish(request, e as JournalException ?? Failure(e, isOutcomeKnown: true));
                continue;
            }

            _taken.Dequeue();
            if (request.Before is { } before)
            {
                Lay(before, start, length);
                length += before.RecordLength;
            }

            Lay(request, start, length);
            length += request.RecordLength;
        }

        return length;
    }

    private void Lay(AppendRequest request, ulong start, int length)
    {
        if (_buffer.Length < length + request.RecordLength)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, length + request.RecordLength));
        }

        request.Position = start + (ulong)length;
        request.Payload.CopyTo(_buffer.AsSpan(length + RecordHeader.Size));
        new RecordHeader(0, request.PayloadLength, request.Events.Count, request.Position, start, request.FirstRevision, request.CreatedTicks)
            .Write(_buffer.AsSpan(length), request.PayloadCrc);
        _decider.Took(request);
        _group.Add(request);
    }

    private void Commit(int length)
    {
        try
        {
            _store.Write(_buffer.AsSpan(0, length));
        }
        catch (IOException e)
        {
            Abandon(e, TakeBack());
            return;
        }

        try
        {
            _store.Sync();
        }
        catch (IOException e)
        {
            // The kernel may have dropped the pages, or not: only what a new opening finds is true.
            Abandon(e, isOutcomeKnown: false);
            return;
        }

        _recent.Add(_group);
        _store.Publish(_group);
        _decider.Committed();
        foreach (var request in _group)
        {
            Finish(request, request.Result);
        }

        _committed();
    }

    /// <summary>Cuts a half-written group off again, durably: it was refused, so it must not appear after a crash.</summary>
    private bool TakeBack()
    {
        try
        {
            _store.TakeBack();
            return true;
        }
        catch (IOException e)
        {
            _log?.LogError(e, "A refused write could not be taken back.");
            return false;
        }
    }

    private void Abandon(Exception e, bool isOutcomeKnown)
    {
        var failure = Failure(e, isOutcomeKnown);
        if (!isOutcomeKnown)
        {
            _failure = failure;
        }

        _log?.LogError(e, "A group of {Count} appends was not written.", _group.Count);
        _decider.Abandoned(_group);
        foreach (var request in _group)
        {
            Finish(request, failure);
        }
    }

    private JournalException Failure(Exception e, bool isOutcomeKnown) => (e, isOutcomeKnown) switch
    {
        (DiskFullException, true) => new JournalException(
            JournalFailure.DiskFull, $"The disk of {_store.Directory} is full; nothing was written. Make space: the journal goes on by itself.", e),
        (_, true) => new JournalException(
            JournalFailure.Unavailable, $"The disk of {_store.Directory} failed; nothing was written ({e.Message}). Look at the disk, then try again.", e),
        _ => new JournalException(
            JournalFailure.Unavailable,
            $"The disk of {_store.Directory} failed and it is unknown what was written ({e.Message}). Open the journal again: it then shows what is durable.",
            e),
    };

    private void Finish(AppendRequest request, AppendResult result)
    {
        request.Release();
        request.TrySetResult(result);
        LeaveRoom(request);
    }

    private void Finish(AppendRequest request, JournalException? failure)
    {
        request.Release();
        if (failure is not null)
        {
            request.TrySetException(failure);
        }
        else
        {
            request.TrySetCanceled(request.Cancellation);
        }

        LeaveRoom(request);
    }

    private void LeaveRoom(AppendRequest request)
    {
        if (request.TakesRoom)
        {
            _room.Release();
        }
    }
}
