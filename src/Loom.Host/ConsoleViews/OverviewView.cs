using Loom.Hosting.Configuration;
using Loom.Hosting.Health;
using Loom.Hosting.Operations;
using Loom.Journal;
using Loom.Runtime;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>How the host is doing, as the console asks for it.</summary>
internal sealed class OverviewView(
    LiveSettings settings, HostState state, ActorRuntime runtime, ActorDirectory directory, LoadFigures load, EventCount events, HealthChecks health) : IOverview
{
    public HostFacts Facts { get; } = new(
        settings.Now.IsProduction, settings.Now.Environment, ProductVersion.Text, $"embedded, {settings.Now.DataFolder}", state.Started);

    public async Task<OverviewSnapshot> SnapshotAsync(CancellationToken cancellationToken)
    {
        var statistics = runtime.Statistics;
        var (perSecond, p50, p99) = load.Read();
        var report = await health.RunAsync(cancellationToken);
        return new OverviewSnapshot(
            directory.Count, statistics.Activations, await events.ReadAsync(cancellationToken), statistics.Accepted, statistics.Rejected + statistics.Refused,
            perSecond, p50, p99, Environment.WorkingSet,
            [.. report.Checks.Select(c => new Web.Data.HealthFinding(
                c.Name, c.Status switch { "good" => HealthLevel.Good, "warning" => HealthLevel.Warning, _ => HealthLevel.Bad }, c.Message))]);
    }
}

/// <summary>Counts the journal's events, going on each time from where it was.</summary>
internal sealed class EventCount(IJournal journal) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ulong? _after;
    private long _count;

    public async Task<long> ReadAsync(CancellationToken cancellationToken)
    {
        // Whoever comes while somebody counts takes the number as it is.
        if (!await _gate.WaitAsync(0, cancellationToken))
        {
            return _count;
        }

        try
        {
            await foreach (var e in journal.ReadAllAsync(Direction.Forwards, _after is { } p ? p + 1 : 0, 200_000, null, cancellationToken))
            {
                (_after, _count) = (e.Position, _count + 1);
            }

            return _count;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
