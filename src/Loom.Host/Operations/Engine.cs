using Loom.Hosting.Configuration;
using Loom.Hosting.Import;
using Loom.Hosting.Modules;
using Loom.Hosting.Proofs;
using Loom.Hosting.Provenance;
using Loom.Hosting.Telemetry;
using Loom.Runtime;

namespace Loom.Hosting.Operations;

/// <summary>Starts what works in the background before the first request, and drains it after the last.</summary>
internal sealed partial class Engine(
    ActorRuntime runtime, ActorDirectory directory, Imports imports, HostState state, LiveSettings settings, IHostApplicationLifetime lifetime,
    MetricsCollector metrics, ProcessMetrics process, HostMetrics own, LogService log, ModuleRegistry modules, ILogger<Engine> logger, IProofs? proofs = null) : IHostedService
{
    private int _stopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // They begin to count with their construction, which the first start of the host is to see.
        GC.KeepAlive((metrics, process, own));
        lifetime.ApplicationStopping.Register(() => state.Draining = true);
        await OpenModulesAsync(cancellationToken);
        if (log.Rollback is { } rollback)
        {
            state.ReadOnly = rollback;
            ServedReadOnly(logger, rollback);
        }
        else
        {
            await runtime.StartAsync(cancellationToken); // not before: its effects write
            proofs?.Start();
        }

        await directory.StartAsync(cancellationToken);
        if (log.Rollback is not null)
        {
            directory.Rebuild(); // it may have seen what the journal lacks
        }
    }

    private async Task OpenModulesAsync(CancellationToken cancellationToken)
    {
        modules.Gate = proofs?.Gate; // before folders are registered
        try
        {
            await modules.OpenAsync(cancellationToken);
        }
        catch (Exception e) when (e is InvalidOperationException or HistoryException)
        {
            throw new StartupException(e is HistoryException ? ExitCode.Damaged : ExitCode.Usage, e.Message, e);
        }

        if (log.Rollback is null)
        {
            await ModuleFolders.RegisterAsync(modules, settings.Now.List("modules"), cancellationToken);
        }
    }

    /// <summary>A rollback was accepted: commands and effects go on.</summary>
    public async Task TakeWritesAsync(CancellationToken cancellationToken)
    {
        state.ReadOnly = null;
        await runtime.StartAsync(cancellationToken);
        proofs?.Start();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
        {
            return;
        }

        state.Draining = true;
        await imports.DisposeAsync();
        await (proofs?.StopAsync() ?? default);
        var done = await runtime.DrainAsync(TimeSpan.FromSeconds(settings.Now.Integer("drain.seconds")), CancellationToken.None);
        await directory.DisposeAsync();
        Drained(logger, done ? "everything in flight is done" : "some commands were still in flight; their senders will ask again");
    }

    [LoggerMessage(2, LogLevel.Error, "Serving read-only. {Reason}")]
    private static partial void ServedReadOnly(ILogger log, string reason);

    [LoggerMessage(1, LogLevel.Information, "Drained: {Outcome}")]
    private static partial void Drained(ILogger log, string outcome);
}
