namespace Loom.Testing;

/// <summary>A clock that moves only when told. Timers fire in the order of their due times, on the thread that moves the clock.</summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(long Due, long Number), ManualTimer> _timers = [];
    private long _elapsed;
    private long _numbers;
    private TimeSpan _jumps;

    public ManualTime()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _elapsed);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return start + TimeSpan.FromTicks(_elapsed) + _jumps;
        }
    }

    /// <summary>How long until the next timer, or null when none is set.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count == 0 ? null : TimeSpan.FromTicks(Math.Max(0, _timers.First().Key.Due - _elapsed));
            }
        }
    }

    /// <summary>Sets the wall clock forwards or back; timers do not notice.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate)
        {
            _jumps += by;
        }
    }

    /// <summary>Lets time pass and fires what comes due.</summary>
    public void Advance(TimeSpan by)
    {
        var until = GetTimestamp() + by.Ticks;
        while (true)
        {
            ManualTimer? due;
            lock (_gate)
            {
                due = _timers.Count > 0 && _timers.First().Key.Due <= until ? _timers.First().Value : null;
                _elapsed = due is null ? until : Math.Max(_elapsed, _timers.First().Key.Due);
                due?.Rearm();
            }

            if (due is null)
            {
                return;
            }

            due.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private (long Due, long Number)? _key;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _period = period;
                Set(dueTime);
            }

            return true;
        }

        public void Rearm() => Set(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._gate)
            {
                Set(Timeout.InfiniteTimeSpan);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(TimeSpan dueTime)
        {
            if (_key is { } old)
            {
                time._timers.Remove(old);
                _key = null;
            }

            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _key = (time._elapsed + dueTime.Ticks, time._numbers++);
                time._timers.Add(_key.Value, this);
            }
        }
    }
}
