using System.Buffers;
using System.Security.Cryptography;
using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Wasm;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.Runtime;

/// <summary>What a module that is an activity is given.</summary>
public sealed record WasmActivityOptions
{
    /// <summary>What it may do beyond input and output.</summary>
    public ActivityCapabilities Grants { get; init; }

    /// <summary>Where the blobs are that it may read; null for none.</summary>
    public IBlobStore? Blobs { get; init; }

    /// <summary>Where its log lines go; null for nowhere.</summary>
    public ILogger? Log { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gives so many random bytes.</summary>
    public Func<int, byte[]> Random { get; init; } = RandomNumberGenerator.GetBytes;

    /// <summary>Fuel of one attempt.</summary>
    public long Fuel { get; init; } = ModuleBounds.DefaultFuel;

    /// <summary>How often it is tried, and how long each time.</summary>
    public ActivityPolicy Policy { get; init; } = ActivityPolicy.Default;
}

/// <summary>
/// A WebAssembly module as an activity. It exports <c>memory</c> and <c>loom_main</c>, reads the call (RFC 8785 of <c>activity</c>,
/// <c>actor</c>, <c>data</c>, <c>idempotencyKey</c>) with the machine interface's imports, and outputs its result as JSON. Beyond these
/// it has what it was granted, and whatever clock and randomness it saw is journaled with the outcome, so that
/// <see cref="AgainAsync"/> gives the same result. Thread-safe.
/// </summary>
public sealed class WasmActivity : IActivity
{
    private readonly Executable _executable;
    private readonly WasmActivityOptions _options;

    private WasmActivity(Executable executable, MachineId module, WasmActivityOptions options) => (_executable, Module, _options) = (executable, module, options);

    /// <summary>The module, as evidence names it.</summary>
    public MachineId Module { get; }

    /// <inheritdoc/>
    public ActivityPolicy Policy => _options.Policy;

    /// <summary>Makes an activity of a module.</summary>
    /// <exception cref="FormatException">It is no module, lacks an export, or imports what it is not granted; the message names it.</exception>
    public static WasmActivity Load(ReadOnlyMemory<byte> bytes, WasmActivityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!WasmModule.TryLoad(bytes, ModuleLimits.Default with { Bytes = ModuleBounds.MaxModuleBytes }, out var module, out var refusal))
        {
            throw new FormatException($"The bytes are no module that can run here: {refusal}.");
        }

        var function = 0;
        foreach (var import in module.Imports)
        {
            var offered = import.Kind == ExternalKind.Function ? ActivityImports.TypeOf(import.Module, import.Name, options.Grants) : null;
            if (offered is null || !offered.Equals(module.Functions[function++]))
            {
                throw new FormatException(
                    $"The module imports {Printable.Text(import.Module)}.{Printable.Text(import.Name)}, which it is not granted (granted: {options.Grants}). Grant it, or build the module without it.");
            }
        }

        var main = module.Exports.FirstOrDefault(e => e is { Kind: ExternalKind.Function, Name: "loom_main" });
        if (main is null || module.Functions[main.Index] is not { Parameters.Length: 0, Results.Length: 0 } || !module.Exports.Any(e => e is { Kind: ExternalKind.Memory, Name: "memory" }))
        {
            throw new FormatException("The module does not export 'memory' and 'loom_main', a function that takes and gives nothing.");
        }

        return new WasmActivity(TieredModule.Make(module, new ExecutableOptions()), MachineId.Wasm(Digest.Of(bytes.Span)), options);
    }

    /// <inheritdoc/>
    public Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken) =>
        RunAsync(call, ActivityWorld.Live(_options.Time, _options.Random), cancellationToken);

    /// <summary>Runs a call again with the clock and randomness of an earlier run; an auditor compares the result with the journaled one.</summary>
    /// <exception cref="FormatException">The evidence is none, or of another module.</exception>
    /// <exception cref="ActivityException">The module gives no result.</exception>
    public Task<ActivityResult> AgainAsync(ActivityCall call, ReadOnlyMemory<byte> evidence, CancellationToken cancellationToken) =>
        RunAsync(call, ActivityWorld.Recorded(evidence, Module), cancellationToken);

    private async Task<ActivityResult> RunAsync(ActivityCall call, ActivityWorld world, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        await Task.Yield(); // a run takes the thread until it ends
        var run = new ActivityRun(InputOf(call), world, _options, _options.Log ?? NullLogger.Instance, call.Activity);
        var store = new Store(LoadedModule.Execution) { Fuel = _options.Fuel };
        using var cancelled = cancellationToken.UnsafeRegister(static s => ((Store)s!).Interrupt(), store);
        Trap? trap;
        try
        {
            using var instance = _executable.Instantiate(store, ActivityImports.Of(run, _options.Grants));
            trap = instance.Call("loom_main").Trap;
            if (trap is null)
            {
                return new ActivityResult(run.Result(instance)) { Evidence = world.Write(Module) };
            }
        }
        catch (InstantiationException e)
        {
            trap = e.Trap;
        }
        catch (LinkException e)
        {
            throw new ActivityException("module-invalid", $"The module {Module} of the activity '{call.Activity}' cannot be run: {e.Message}", retry: false, e);
        }

        throw Failure(call, trap);
    }

    private ActivityException Failure(ActivityCall call, Trap trap)
    {
        var (code, retry) = trap.Kind switch
        {
            TrapKind.FuelExhausted => ("module-out-of-fuel", false),
            TrapKind.Interrupted => ("module-timeout", true),
            TrapKind.OutOfMemory => ("module-out-of-memory", true),
            TrapKind.Host => ("module-unavailable", true),
            TrapKind.Abort => ("module-aborted", false),
            _ => ("module-trapped", false),
        };
        return new ActivityException(code, $"The module {Module} of the activity '{call.Activity}' ended without a result: {trap.Message}.", retry);
    }

    private static byte[] InputOf(ActivityCall call)
    {
        var buffer = new ArrayBufferWriter<byte>(call.Data.Length + 256);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("activity");
        json.String(call.Activity);
        json.Name("actor");
        json.String(call.Actor.ToString());
        json.Name("data");
        json.Raw(call.Data.Span);
        json.Name("idempotencyKey");
        json.String(call.IdempotencyKey);
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }
}
