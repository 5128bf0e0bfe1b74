using Loom.Api;

namespace Loom.Hosting.Health;

/// <summary>How bad a finding is.</summary>
internal enum HealthStatus
{
    Good,
    Warning,
    Bad,
}

/// <summary>What a check found.</summary>
internal sealed record Finding(HealthStatus Status, string Message);

/// <summary>One thing that can be well or not. Cheap: asked on every probe.</summary>
internal interface IHealthCheck
{
    string Name { get; }

    ValueTask<Finding> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>All checks together. A bad one makes the host not ready; it stays live as long as it answers at all.</summary>
internal sealed partial class HealthChecks(IEnumerable<IHealthCheck> checks, ILogger<HealthChecks> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly IHealthCheck[] _checks = [.. checks];

    public async Task<HealthReport> RunAsync(CancellationToken cancellationToken)
    {
        var items = await Task.WhenAll(_checks.Select(c => RunAsync(c, cancellationToken)));
        var worst = items.Max(i => i.Status);
        return new HealthReport(
            worst switch { HealthStatus.Good => "ready", HealthStatus.Warning => "degraded", _ => "not ready" },
            [.. items.Select(i => new HealthItem(i.Name, i.Status switch { HealthStatus.Good => "good", HealthStatus.Warning => "warning", _ => "bad" }, i.Message))]);
    }

    private async Task<(string Name, HealthStatus Status, string Message)> RunAsync(IHealthCheck check, CancellationToken cancellationToken)
    {
        try
        {
            var finding = await check.CheckAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
            return (check.Name, finding.Status, finding.Message);
        }
        catch (TimeoutException)
        {
            return (check.Name, HealthStatus.Bad, $"Gave no answer within {Patience.TotalSeconds} s.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(log, e, check.Name);
            return (check.Name, HealthStatus.Bad, e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The health check {Name} failed")]
    private static partial void Failed(ILogger log, Exception e, string name);
}
