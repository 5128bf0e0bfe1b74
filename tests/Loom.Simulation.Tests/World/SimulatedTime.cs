using System.Security.Cryptography;
using Loom.Testing;

namespace Loom.Simulation.Tests;

/// <summary>
/// One thread, one clock, one random source: picks the next runnable step by the seed and moves the clock when nothing is runnable.
/// The trace is a hash over every choice.
/// </summary>
internal sealed class SimulatedTime(int seed) : IDisposable
{
    private readonly List<(SimulatedScheduler Scheduler, Task Task)> _ready = [];
    private readonly IncrementalHash _trace = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile string? _escaped;

    public Random Random { get; } = new(seed);

    public ManualTime Clock { get; } = new();

    public long Steps { get; private set; }

    public void Ready(SimulatedScheduler scheduler, Task task)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            _escaped ??= Environment.StackTrace;
            return;
        }

        _ready.Add((scheduler, task));
    }

    /// <summary>Adds to the trace what the outcome of the run depends on.</summary>
    public void Note(string text) => _trace.AppendData(System.Text.Encoding.UTF8.GetBytes(text));

    public string Trace() => Convert.ToHexStringLower(_trace.GetCurrentHash());

    public void RunUntil(Task done, long maxSteps)
    {
        Span<byte> choice = stackalloc byte[4];
        while (!done.IsCompleted)
        {
            if (_escaped is { } stack)
            {
                throw new InvalidOperationException($"A step left the simulation for another thread:\n{stack}");
            }

            if (Steps++ > maxSteps)
            {
                throw new InvalidOperationException($"The simulation is still going after {maxSteps} steps.");
            }

            // The clock also moves while there is work: deadlines pass in the middle of things.
            if (_ready.Count == 0 || (Random.Next(200) == 0 && Clock.NextTimer is not null))
            {
                Clock.Advance(Clock.NextTimer ?? throw new InvalidOperationException("Nothing is runnable and no timer is set: the simulation hangs."));
                continue;
            }

            var index = Random.Next(_ready.Count);
            var (scheduler, task) = _ready[index];
            _ready[index] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            BitConverter.TryWriteBytes(choice, (index << 12) ^ _ready.Count);
            _trace.AppendData(choice);
            scheduler.Execute(task);
        }

        done.GetAwaiter().GetResult();
    }

    public void Dispose() => _trace.Dispose();
}

/// <summary>The steps of one process. A dead one runs nothing more, wherever its methods were: that is a crash.</summary>
internal sealed class SimulatedScheduler(SimulatedTime time) : TaskScheduler
{
    public bool Dead { get; set; }

    public Task Run(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    public Task<T> Run<T>(Func<Task<T>> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    public void Execute(Task task)
    {
        if (!Dead)
        {
            TryExecuteTask(task);
        }
    }

    protected override void QueueTask(Task task)
    {
        if (!Dead)
        {
            time.Ready(this, task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
