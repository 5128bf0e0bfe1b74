using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Runtime;

/// <summary>
/// A registered module as an actor type's machine. Compiled at first use, once; every call runs in a fresh instance, so that nothing but
/// the state's bytes lasts.
/// </summary>
internal sealed class WasmMachine : Machine
{
    private readonly RegisteredModule _module;
    private readonly ModuleRegistry _registry;
    private readonly Lock _gate = new();
    private volatile MachineManifest _manifest;
    private volatile LoadedModule? _loaded;
    private Task<LoadedModule>? _loading;

    public WasmMachine(RegisteredModule module, ModuleRegistry registry)
    {
        (_module, _registry) = (module, registry);
        var m = module.Manifest;
        _manifest = new MachineManifest(m.ActorType, m.Version, module.Machine, m.Commands, m.Effects, m.Events, []);
    }

    public override MachineManifest Manifest => _manifest;

    /// <summary>
    /// What has to be carried out of this actor type's history: the effects of all its modules, since actors keep an older one until they are
    /// upgraded.
    /// </summary>
    public void TakeEffects(IReadOnlyDictionary<string, EffectKind> effects) => _manifest = _manifest with { Effects = effects };

    /// <summary>Makes the module ready to run.</summary>
    /// <exception cref="ModuleUnavailableException">Its bytes cannot be had.</exception>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (_loaded is null)
        {
            Task<LoadedModule> loading;
            lock (_gate)
            {
                loading = _loading = _loading is { IsFaulted: false, IsCanceled: false } ? _loading : LoadAsync();
            }

            await loading.WaitAsync(cancellationToken);
        }
    }

    public override MachineOutcome Decide(MachineState? state, string commandType, ReadOnlyMemory<byte> command, MachineContext context)
    {
        var known = _module.Manifest.Commands;
        if (known.Count > 0 && !known.Any(c => c.Type == commandType))
        {
            return new MachineOutcome.Invalid(
                "unknown-command", $"{Manifest.QualifiedType} has no command '{commandType}'. It has: {string.Join(", ", known.Select(c => c.Type).Order(StringComparer.Ordinal))}.");
        }

        var (answer, failure, _) = Run(state, command, context, again: false);
        return answer switch
        {
            ModuleAnswer.Accepted { Events.Count: 0 } nothing when state is null && nothing.State.IsEmpty =>
                new MachineOutcome.Rejected(new Rejection("not-born", $"'{commandType}' does not create a {Manifest.ActorType}, and this one does not exist yet.")),
            ModuleAnswer.Accepted accepted => new MachineOutcome.Accepted(StateOf(accepted.State), accepted.Events),
            ModuleAnswer.Rejected rejected => new MachineOutcome.Rejected(rejected.Rejection),
            _ => new MachineOutcome.Failed(failure!.Code, Explain(context.Actor, commandType, failure), failure.MayPass),
        };
    }

    /// <summary>Runs a journaled command again; the state, the events and the output frame that it gives now.</summary>
    /// <exception cref="HistoryException">The module gives no accepted answer any more.</exception>
    public (MachineState State, IReadOnlyList<EmittedEvent> Events, ReadOnlyMemory<byte> Output) Again(MachineState? state, ReadOnlyMemory<byte> command, Link link)
    {
        var (answer, failure, output) = Run(state, command, MachineContext.Of(link), again: true);
        return answer switch
        {
            ModuleAnswer.Accepted accepted => (StateOf(accepted.State), accepted.Events, output),
            ModuleAnswer.Rejected no => throw new HistoryException(
                link.Stream, link.Revision, "replay-differs", $"the journaled command '{link.Command.Type}' was accepted, and {_module.Manifest.QualifiedName} ({link.Machine}) now rejects it: {no.Rejection.Code}."),
            _ => throw new HistoryException(link.Stream, link.Revision, failure!.MayPass ? failure.Code : "replay-differs", Explain(link.Stream.Value, link.Command.Type, failure)),
        };
    }

    public override MachineState Evolve(MachineState? state, string eventType, ReadOnlyMemory<byte> data) =>
        throw new NotSupportedException($"Actors of {Manifest.Machine} are loaded by running their commands again, not from their events.");

    public override MachineState Restore(ReadOnlyMemory<byte> state) => StateOf(state);

    private WasmState StateOf(ReadOnlyMemory<byte> bytes) => new(bytes, _module.Manifest.Label);

    private (ModuleAnswer? Answer, ModuleFailure? Failure, ReadOnlyMemory<byte> Output) Run(MachineState? state, ReadOnlyMemory<byte> command, MachineContext context, bool again)
    {
        var loaded = _loaded ?? throw new InvalidOperationException($"{Manifest.Machine} was not made ready.");
        var result = loaded.Call(state is null ? default : state.Bytes.Span, command.Span, context.ToCanonicalJson(), again);
        _registry.Metrics.Called(_module.Manifest.Name, result, again);
        return (result.Answer, result.Failure, result.Output);
    }

    private string Explain(string actor, string command, ModuleFailure failure) =>
        $"The module {_module.Manifest.QualifiedName} ({Manifest.Machine}) of {actor} failed at '{command}': {failure.Reason}. Nothing was written. {failure.Remedy}";

    private async Task<LoadedModule> LoadAsync()
    {
        var bytes = await _registry.BytesAsync(_module, CancellationToken.None);
        try
        {
            _loaded = LoadedModule.Load(bytes, _registry.Settings, _registry.Time);
        }
        catch (Exception e) when (e is Wasm.InvalidModuleException or Wasm.MachineRefusedException)
        {
            throw new ModuleUnavailableException("module-invalid", $"The module {_module.Manifest.QualifiedName} ({Manifest.Machine}) does not load: {e.Message}.", e);
        }

        _registry.Metrics.Compiled();
        return _loaded;
    }
}

/// <summary>A registered module that cannot be run here now.</summary>
internal sealed class ModuleUnavailableException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code => code;
}
