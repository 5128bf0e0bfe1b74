namespace Loom.Runtime;

/// <summary>
/// Carries effects out side by side, those of one stream in order: a stream always takes the same lane. Bounded: whoever adds waits for room.
/// </summary>
internal sealed class EffectLanes
{
    private const int PerLane = 16;
    private readonly Func<Func<Task>, Task> _run;
    private readonly Lock _gate = new();
    private readonly Queue<Func<Task>>[] _lanes;
    private readonly bool[] _busy;
    private TaskCompletionSource _change = New();
    private int _waiting;

    public EffectLanes(int count, Func<Func<Task>, Task> run)
    {
        _run = run;
        _lanes = [.. Enumerable.Range(0, Math.Max(1, count)).Select(_ => new Queue<Func<Task>>())];
        _busy = new bool[_lanes.Length];
    }

    public async Task AddAsync(string stream, Func<Task> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_waiting < _lanes.Length * PerLane)
                {
                    break;
                }

                change = _change.Task;
            }

            await change.WaitAsync(cancellationToken);
            await Task.Yield();
        }

        var lane = (int)(StableHash(stream) % (uint)_lanes.Length);
        lock (_gate)
        {
            _lanes[lane].Enqueue(work);
            _waiting++;
            if (_busy[lane])
            {
                return;
            }

            _busy[lane] = true;
        }

        _ = _run(() => DrainAsync(lane));
    }

    /// <summary>Waits until no lane has anything.</summary>
    public async Task IdleAsync()
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (!_busy.Contains(true))
                {
                    return;
                }

                change = _change.Task;
            }

            await change;
            await Task.Yield();
        }
    }

    private async Task DrainAsync(int lane)
    {
        while (true)
        {
            Func<Task>? work;
            TaskCompletionSource change;
            lock (_gate)
            {
                if (!_lanes[lane].TryDequeue(out work))
                {
                    _busy[lane] = false;
                }
                else
                {
                    _waiting--;
                }

                (change, _change) = (_change, New());
            }

            change.SetResult();
            if (work is null)
            {
                return;
            }

            await work();
        }
    }

    // Not string.GetHashCode: that differs from process to process, and a simulation must take the same lanes again.
    private static uint StableHash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return hash;
    }

    // Plain, and whoever waits yields: RunContinuationsAsynchronously would take WaitAsync to the thread pool.
    private static TaskCompletionSource New() => new();
}
