using Loom.Core;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>
/// What a group knows in memory: which events are buffered, with whom, waiting to come again or being parked, and up to where all are done.
/// Arithmetic only: no clock, no journal, no thread; whoever owns it says what happened, and guards it.
/// </summary>
internal sealed partial class GroupState
{
    /// <summary>Most bytes of events that a group holds; it reads no more until some are done.</summary>
    public const long MaxBytes = 64L << 20;

    /// <summary>So many events that nobody wanted are worth a checkpoint as well.</summary>
    public const int SkippedPerCheckpoint = 1_000;

    private const int MaxParking = 1_000;
    /// <summary>Most parked events behind the checkpoint that are known after a restart; others may come again.</summary>
    public const int MaxRemembered = 10_000;


    private readonly GroupSettings _settings;
    private readonly Dispatch _dispatch;
    private readonly LinkedList<HeldEvent> _fresh = [];
    private readonly SortedSet<HeldEvent> _again = new(Comparer<HeldEvent>.Create((a, b) => a.Sequence.CompareTo(b.Sequence)));
    private readonly LinkedList<HeldEvent> _unsettled = []; // in the order in which they were read
    private readonly LinkedList<HeldEvent> _replaying = []; // likewise, of those that were parked
    private readonly LinkedList<Delivery> _clock = []; // in the order in which they are due
    private readonly Dictionary<(int Consumer, Guid Id), HeldEvent> _late = [];
    private readonly Queue<Parking> _parking = new();
    private readonly Queue<(ulong Mark, long Parked)> _parkedAhead = new();
    private readonly HashSet<ulong> _parkedBefore = [];
    private readonly ulong? _start;
    private CursorBody _written;
    private ulong? _read;
    private long _replayNext;
    private long _replayTo;
    private long _sequence;
    private long _changes;
    private long _skipped;
    private long _bytes;
    private int _beingParked;
    private long _parkedEnd;
    private TimeSpan? _changedAt;

    /// <param name="settings">The group's.</param>
    /// <param name="start">Where it begins when it has no checkpoint.</param>
    /// <param name="written">What its cursor says.</param>
    /// <param name="parked">How many were ever parked.</param>
    public GroupState(GroupSettings settings, ulong? start, CursorBody written, long parked)
    {
        (_settings, _written, _dispatch) = (settings, written, new Dispatch(settings.Strategy));
        (_read, _replayNext, _replayTo, _parkedEnd) = (written.Checkpoint ?? start, written.ParkedFrom, written.ReplayTo, parked);
        _start = _read;
    }

    /// <summary>After which place to read on.</summary>
    public ulong? Read => _read;

    public bool IsLive { get; set; }

    public IReadOnlyList<Consumer> Consumers => _dispatch.Consumers;

    public int Fresh => _fresh.Count;

    public int Again => _again.Count;

    /// <summary>Events that are with consumers.</summary>
    public int InFlight { get; private set; }

    public long Total { get; private set; }

    /// <summary>Parked, and neither replayed nor truncated.</summary>
    public long Parked => _parkedEnd - ParkedFrom;

    public bool IsReplaying => ParkedFrom < _replayTo;

    public long Bytes => _bytes;

    public ulong? Checkpoint => _unsettled.First is { } first ? first.Value.Before : _read;

    public ulong? WrittenCheckpoint => _written.Checkpoint;

    /// <summary>Whether another event may be read.</summary>
    public bool HasRoom =>
        _fresh.Count < (IsLive ? Math.Max(1, _settings.LiveBufferSize) : _settings.HistoryBufferSize) && _bytes < MaxBytes && _beingParked < MaxParking;

    /// <summary>The next parked event to load; null when none is wanted now.</summary>
    public long? NextReplay => _replayNext < _replayTo && _again.Count < _settings.ReadBatchSize && _bytes < MaxBytes && _beingParked < MaxParking ? _replayNext : null;

    private long ParkedFrom => _replaying.First?.Value.Parked ?? _replayNext;

    /// <summary>An event that stood behind the checkpoint when the group was taken up, and had been parked before: it is done.</summary>
    public void WasParked(ulong mark, long parked)
    {
        if (!(mark <= _written.Checkpoint) && _parkedBefore.Count < MaxRemembered && _parkedBefore.Add(mark))
        {
            _parkedAhead.Enqueue((mark, parked));
        }
    }

    /// <summary>An event was read.</summary>
    public void Add(RecordedEvent e, ulong mark, TimeSpan now)
    {
        if (_parkedBefore.Remove(mark))
        {
            Skip(mark, now);
            return;
        }

        var held = new HeldEvent(e, _sequence++) { Mark = mark, Before = _read, Bucket = _dispatch.BucketOf(e) };
        _read = mark;
        _bytes += held.Size;
        _unsettled.AddLast(held.Unsettled);
        _fresh.AddLast(held.Node);
    }

    /// <summary>An event was read that this group does not want.</summary>
    public void Skip(ulong mark, TimeSpan now)
    {
        _read = mark;
        _skipped++;
        _changedAt ??= now;
    }

    /// <summary>Replays what is parked before <paramref name="to"/>.</summary>
    public void Replay(long to) => _replayTo = Math.Max(_replayTo, Math.Min(to, _parkedEnd));

    /// <summary>A parked event was loaded; null when it is gone.</summary>
    public void AddReplay(RecordedEvent? e, long parked, ulong mark, TimeSpan now)
    {
        if (parked != _replayNext)
        {
            return; // truncated since
        }

        _replayNext++;
        if (e is null)
        {
            Changed(now);
            return;
        }

        var held = new HeldEvent(e, _sequence++) { Mark = mark, Parked = parked, Bucket = _dispatch.BucketOf(e) };
        _bytes += held.Size;
        _replaying.AddLast(held.Unsettled);
        _again.Add(held);
    }

    /// <summary>Gives up what is parked before <paramref name="to"/>; what a consumer has of it already stays with it.</summary>
    public void Truncate(long to, TimeSpan now)
    {
        to = Math.Min(to, _parkedEnd);
        while (_replaying.First is { } first && first.Value.Parked < to)
        {
            _replaying.RemoveFirst();
            if (_again.Remove(first.Value))
            {
                Forget(first.Value);
            }
        }

        _replayNext = Math.Max(_replayNext, to);
        _replayTo = Math.Max(_replayTo, _replayNext);
        Changed(now);
    }

    /// <summary>What is to be parked next.</summary>
    public List<Parking> TakeParking(int most)
    {
        var taken = new List<Parking>();
        while (taken.Count < most && _parking.TryDequeue(out var next))
        {
            taken.Add(next);
        }

        return taken;
    }

    /// <summary>These are parked, durably, from this revision on.</summary>
    public void HaveParked(IReadOnlyList<Parking> parked, long first, TimeSpan now)
    {
        for (var i = 0; i < parked.Count; i++)
        {
            var held = parked[i].Held;
            if (held.Parked < 0)
            {
                if (_parkedAhead.Count >= MaxRemembered)
                {
                    _parkedAhead.Dequeue(); // that one may come again after a restart
                }

                _parkedAhead.Enqueue((held.Mark, first + i));
            }

            _beingParked--;
            Settle(held, now);
        }

        _parkedEnd = first + parked.Count;
    }

    public bool HasParking => _parking.Count > 0;

    /// <summary>What the cursor is to say now; null when that is not worth an event.</summary>
    public CursorBody? Due(TimeSpan now, bool force)
    {
        var enough = _changes >= Math.Max(1, _settings.MaxCheckpointCount)
            || _skipped >= SkippedPerCheckpoint
            || (now >= _changedAt + Patience && _changes >= Math.Max(1, _settings.MinCheckpointCount));
        var isReplayChanged = _replayTo != _written.ReplayTo || (ParkedFrom != _written.ParkedFrom && !IsReplaying);
        return (force || enough || isReplayChanged) && HasMoved ? Next() : null;
    }

    /// <summary>The cursor says this, durably.</summary>
    public void Wrote(CursorBody body)
    {
        (_written, _changes, _skipped, _changedAt) = (body, 0, 0, null);
    }

    /// <summary>When something is to be done though nothing happens; what is due already is no longer a matter of time.</summary>
    public TimeSpan? NextDue(TimeSpan now)
    {
        var expiry = _clock.First?.Value.Due;
        var checkpoint = _changes >= Math.Max(1, _settings.MinCheckpointCount) && HasMoved && _changedAt + Patience is { } due && due > now ? due : (TimeSpan?)null;
        return expiry is { } a && checkpoint is { } b ? (a < b ? a : b) : expiry ?? checkpoint;
    }

    private TimeSpan Patience => TimeSpan.FromMilliseconds(_settings.CheckpointAfterMs);

    private bool HasMoved => Place != _written.Checkpoint || ParkedFrom != _written.ParkedFrom || _replayTo != _written.ReplayTo;

    // Where it began is no checkpoint: settings may still begin elsewhere.
    private ulong? Place => Checkpoint is { } at && at != _start ? at : _written.Checkpoint;

    private CursorBody Next()
    {
        var checkpoint = Place;
        while (_parkedAhead.TryPeek(out var first) && first.Mark <= checkpoint)
        {
            _parkedAhead.Dequeue();
        }

        return new CursorBody(_written.Owner, checkpoint, ParkedFrom, _replayTo, _parkedAhead.TryPeek(out var ahead) ? ahead.Parked : _parkedEnd);
    }

    private void Changed(TimeSpan now)
    {
        _changes++;
        _changedAt ??= now;
    }

    private void Settle(HeldEvent held, TimeSpan now)
    {
        held.Unsettled.List?.Remove(held.Unsettled);
        Forget(held);
        Changed(now);
    }

    private void Forget(HeldEvent held)
    {
        NotLate(held);
        _bytes -= held.Size;
    }
}
