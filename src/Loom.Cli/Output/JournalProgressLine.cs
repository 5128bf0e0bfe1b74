using Loom.Journal;

namespace Loom.Cli.Output;

/// <summary>The journal's progress, drawn as it is told.</summary>
internal sealed class JournalProgressLine(Invocation invocation, string what, string unit) : IProgress<JournalProgress>, IDisposable
{
    private readonly Progress _progress = new(invocation, what, unit);
    private readonly Lock _gate = new();

    public void Report(JournalProgress value)
    {
        lock (_gate)
        {
            _progress.Report(value.Done, value.Total);
        }
    }

    public void Dispose() => _progress.Dispose();
}
