using Loom.Coordination;
using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Journal.Log;
using Loom.Testing;

namespace Loom.Runtime.Tests.Modules;

/// <summary>A journal and blobs that outlive the hosts started on them; each start makes a fresh registry and runtime.</summary>
internal sealed class ModuleBench : IAsyncDisposable
{
    private readonly List<ModuleRegistry> _registries = [];

    public Bench Bench { get; } = new();

    public MemoryBlobStore Blobs { get; } = new();

    public async Task<(ActorRuntime Runtime, ModuleRegistry Modules)> StartAsync(ModuleSettings? settings = null, ActorRuntimeOptions? options = null, Machine[]? machines = null, IBlobStore? blobs = null)
    {
        Bench.Leases = new InProcessLeases(); // a new process: whoever was before is gone, and so are its leases
        var runtime = Bench.Start((options ?? new ActorRuntimeOptions()) with { Blobs = blobs ?? Blobs }, machines ?? [new OtherMachine()]);
        var modules = new ModuleRegistry(Bench.Journal, new LoomStreams(Bench.Journal, Bench.Time), blobs ?? Blobs, runtime.Types, Bench.Time, settings);
        _registries.Add(modules);
        await modules.OpenAsync(default);
        return (runtime, modules);
    }

    /// <summary>Registers, and expects that to be possible.</summary>
    public static async Task<RegisteredModule> Add(ModuleRegistry modules, SampleModule module, bool? use = null)
    {
        var report = await modules.RegisterAsync(module.Wasm, module.Manifest, "dev", use, default);
        Assert.True(report.Refusal is null, report.Refusal?.Message);
        return report.Registered!;
    }

    public ActorHistory History(ActorRuntime runtime) => new(Bench.Journal, runtime.Types, Blobs);

    public async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        _registries.ForEach(r => r.Dispose());
    }

    // A runtime needs one; its type is no module's.
    private sealed class OtherMachine : Machine
    {
        public override MachineManifest Manifest { get; } = new("other", 1, MachineId.DotNet("other", 1), [], new Dictionary<string, EffectKind>(), [], []);

        public override MachineOutcome Decide(MachineState? state, string commandType, ReadOnlyMemory<byte> command, MachineContext context) =>
            new MachineOutcome.Invalid("unknown-command", "It has none.");

        public override MachineState Evolve(MachineState? state, string eventType, ReadOnlyMemory<byte> data) => throw new FormatException("It has no events.");

        public override MachineState Restore(ReadOnlyMemory<byte> state) => throw new FormatException("It has no states.");
    }
}
