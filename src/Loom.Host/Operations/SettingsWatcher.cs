using Loom.Hosting.Configuration;

namespace Loom.Hosting.Operations;

/// <summary>Looks once a second whether the configuration file changed (a look works on every file system; notices do not).</summary>
internal sealed partial class SettingsWatcher(LiveSettings settings, TimeProvider time, ILogger<SettingsWatcher> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await WaitAsync(timer, stoppingToken))
        {
            if (!settings.Refresh())
            {
                continue;
            }

            if (settings.Problem is { } problem)
            {
                Refused(log, problem);
            }
            else
            {
                Taken(log, settings.File);
            }
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The configuration's change is not in force: {Problem}")]
    private static partial void Refused(ILogger log, string problem);

    [LoggerMessage(2, LogLevel.Information, "{File} is in force")]
    private static partial void Taken(ILogger log, string file);
}
