using System.Security.Cryptography;
using Loom.Coordination;
using Loom.Hosting.Access;
using Loom.Hosting.Actors;
using Loom.Hosting.Api;
using Loom.Hosting.ConsoleViews;
using Loom.Hosting.EventStore;
using Loom.Hosting.Health;
using Loom.Hosting.Import;
using Loom.Hosting.Operations;
using Loom.Hosting.Proofs;
using Loom.Hosting.Provenance;
using Loom.Hosting.Telemetry;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Journal.Log;
using Loom.Runtime;

namespace Loom.Hosting;

/// <summary>Everything that is not the web.</summary>
internal static class HostServices
{
    public static void Add(IServiceCollection services, HostParts parts)
    {
        var settings = parts.Settings.Now;
        var options = new ActorRuntimeOptions
        {
            Directory = parts.Data.State,
            MaxActivations = (int)settings.Integer("runtime.activations"),
            MailboxCapacity = (int)settings.Integer("runtime.mailbox"),
            IdleTime = TimeSpan.FromSeconds(settings.Integer("runtime.idleSeconds")),
            SnapshotEvery = (int)settings.Integer("runtime.snapshotEvery"),
            Activities = parts.Activities,
            ActivityLanes = (int)settings.Integer("runtime.activityLanes"),
            MaxCommandBytes = (int)settings.Integer("limits.command"),
        };
        services.AddSingleton(parts.Settings).AddSingleton(parts.Data).AddSingleton(parts.Tokens);
        services.AddSingleton(parts.Opened).AddSingleton(parts.Journal); // given in, so disposed by who opened it: last of all
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(parts.Types);
        services.AddSingleton<IBlobStore>(BlobStores.Open(settings, parts.Data));
        services.AddSingleton(s => new CommandBodies(s.GetRequiredService<IBlobStore>()));
        services.AddSingleton<ILeases, InProcessLeases>();
        services.AddSingleton(s => new ActorRuntime(
            options with { Blobs = s.GetRequiredService<IBlobStore>() }, parts.Journal, s.GetRequiredService<ILeases>(), s.GetRequiredService<ActorTypes>(), s.GetRequiredService<TimeProvider>(),
            () => RandomNumberGenerator.GetBytes(32), s.GetRequiredService<ILogger<ActorRuntime>>()));
        services.AddSingleton(s => new ActorDirectory(
            options with { Directory = parts.Data.Projections, Blobs = s.GetRequiredService<IBlobStore>() }, parts.Journal, s.GetRequiredService<ActorTypes>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<ActorDirectory>>()));
        services.AddSingleton(s => new ActorHistory(parts.Journal, s.GetRequiredService<ActorTypes>(), s.GetRequiredService<IBlobStore>()));
        services.AddSingleton(s => new ModuleRegistry(
            parts.Journal, s.GetRequiredService<LoomStreams>(), s.GetRequiredService<IBlobStore>(), s.GetRequiredService<ActorTypes>(), s.GetRequiredService<TimeProvider>(),
            new ModuleSettings
            {
                Fuel = settings.Integer("wasm.fuel"),
                WallClock = TimeSpan.FromSeconds(settings.Integer("wasm.seconds")),
                MemoryPages = (int)settings.Integer("wasm.memoryPages"),
                MaxBytes = (int)settings.Integer("wasm.bytes"),
            }));
        services.AddSingleton<TransitionIndex>().AddSingleton<ActorReader>();
        services.AddSingleton<HostState>().AddSingleton<Audit>().AddSingleton<Imports>().AddSingleton<RequestPlaces>().AddSingleton<JournalFigures>().AddSingleton<EventCount>();
        services.AddSingleton<MetricsCollector>().AddSingleton<ProcessMetrics>().AddSingleton<HostMetrics>();
        services.AddSingleton<HealthChecks>();
        services.AddSingleton<IHealthCheck, JournalCheck>().AddSingleton<IHealthCheck, ModeCheck>()
            .AddSingleton<IHealthCheck, RuntimeCheck>().AddSingleton<IHealthCheck, ConfigurationCheck>();
        services.AddSingleton(parts.Log).AddSingleton(new LoomStreams(parts.Journal, TimeProvider.System)).AddSingleton<IHealthCheck, LogCheck>();
        services.AddSingleton<ServedStreams>().AddSingleton<IHealthCheck>(s => s.GetRequiredService<ServedStreams>());
        services.AddSingleton<ReceiptArchive>().AddSingleton<OwnTrust>().AddSingleton<BundleExporter>().AddSingleton<ServerVerifier>().AddSingleton<CheckpointPublisher>();
        ProofServices.AddIfWanted(services, parts);
        services.AddSingleton<Engine>().AddHostedService(s => s.GetRequiredService<Engine>());
        services.AddHostedService<LogBuilding>();
        services.AddHostedService<SettingsWatcher>();
        services.AddSingleton<LongConnections>().AddHostedService(s => s.GetRequiredService<LongConnections>());
    }
}
