using System.Diagnostics;

namespace Loom.Testing;

/// <summary>
/// Runs tasks on the thread pool and knows when none is left to run. A clock that moves only while nothing is left cannot outrun the work,
/// however little processor time the machine has for it.
/// </summary>
public sealed class CountingScheduler : TaskScheduler
{
    // Only against hanging: nothing that runs takes this long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private const int LeastSteps = 20_000;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _rest;
    private long _queued;
    private int _open;

    /// <summary>Starts work whose every step is counted: an await goes on where it began unless it says otherwise.</summary>
    public Task Run(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Waits until everything that can go on has gone on: what is left waits for the clock, or for the test.</summary>
    public async Task RestAsync()
    {
        while (true)
        {
            var before = Interlocked.Read(ref _queued);
            await Resting().WaitAsync(Patience);

            // A continuation may be on its way through the pool itself, and come back here: the pool takes turns in order.
            await Task.Run(static () => { });
            await Task.Run(static () => { });
            if (Volatile.Read(ref _open) == 0 && Interlocked.Read(ref _queued) == before)
            {
                return;
            }
        }
    }

    /// <summary>Moves the clock step by step until the condition holds; looks, and moves it, only at rest.</summary>
    public async Task UntilAsync(ManualTime time, TimeSpan step, Func<bool> condition, string what)
    {
        var real = Stopwatch.StartNew();
        for (var steps = 0; ; steps++)
        {
            await RestAsync();
            if (condition())
            {
                return;
            }

            if (steps > LeastSteps && real.Elapsed > Patience)
            {
                throw new TimeoutException($"{what} never came to hold, not after {steps} steps of {step.TotalMilliseconds} ms on the test's clock and {real.Elapsed.TotalSeconds:0} s on the machine's.");
            }

            time.Advance(step);
            if (steps > 100)
            {
                await Task.Delay(1); // whatever it waits for is not counted here: that gets time too
            }
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        Interlocked.Increment(ref _queued);
        Interlocked.Increment(ref _open);
        ThreadPool.UnsafeQueueUserWorkItem(Execute, task, preferLocal: false);
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Execute(Task task)
    {
        TryExecuteTask(task);
        if (Interlocked.Decrement(ref _open) != 0)
        {
            return;
        }

        lock (_gate)
        {
            _rest?.TrySetResult();
            _rest = null;
        }
    }

    private Task Resting()
    {
        lock (_gate)
        {
            if (Volatile.Read(ref _open) == 0)
            {
                return Task.CompletedTask;
            }

            return (_rest ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
