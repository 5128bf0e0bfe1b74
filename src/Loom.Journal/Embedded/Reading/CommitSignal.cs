namespace Loom.Journal.Embedded;

/// <summary>Wakes those who follow the journal. Take the task first, then look what is durable: so nothing is missed.</summary>
internal sealed class CommitSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _next;

    public Task Next()
    {
        lock (_gate)
        {
            return (_next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void Pulse()
    {
        TaskCompletionSource? waited;
        lock (_gate)
        {
            (waited, _next) = (_next, null);
        }

        waited?.TrySetResult();
    }
}
