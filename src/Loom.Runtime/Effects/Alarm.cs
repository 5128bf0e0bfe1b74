namespace Loom.Runtime;

/// <summary>What a loop sleeps on: something changed, or the next moment has come.</summary>
internal sealed class Alarm(TimeProvider time)
{
    /// <summary>Nobody sleeps longer: the wall clock may jump, which no timer of the process notices.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private readonly Lock _gate = new();

    // Plain, and whoever waits yields: RunContinuationsAsynchronously would take WaitAsync to the thread pool.
    private TaskCompletionSource _changed = new();

    /// <summary>Ends with the next change. Take it before looking at what may have changed.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Something changed.</summary>
    public void Ring()
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            (signal, _changed) = (_changed, new());
        }

        signal.SetResult();
    }

    /// <summary>Sleeps until <paramref name="changed"/> ends or <paramref name="left"/> has passed (null: nothing is due).</summary>
    public async Task SleepAsync(Task changed, TimeSpan? left, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(Length(left), time, cancellationToken);
            await Task.Yield();
        }
        catch (TimeoutException)
        {
        }
    }

    /// <summary>How long to sleep: whole milliseconds, rounded up, because timers drop the rest and a loop that waits for nothing spins.</summary>
    public static TimeSpan Length(TimeSpan? left) => left is { } until && until < LongestWait
        ? Millisecond * Math.Max(1, Math.Ceiling(until / Millisecond))
        : LongestWait;
}
