using Loom.Core;
using Loom.Wasm;

namespace Loom.Runtime;

/// <summary>A module made ready to run: interpreted at once, soon compiled where the platform allows it. May be shared by threads.</summary>
internal sealed class LoadedModule
{
    private readonly MachineModule _machine;
    private readonly ModuleSettings _settings;

    private LoadedModule(MachineModule machine, ModuleSettings settings) => (_machine, _settings) = (machine, settings);

    /// <summary>The limits that every call has but its fuel.</summary>
    public static ExecutionLimits Execution { get; } = new() { MemoryPages = ModuleBounds.MemoryPages };

    /// <exception cref="InvalidModuleException">The bytes are no module.</exception>
    /// <exception cref="MachineRefusedException">The module is no machine.</exception>
    public static LoadedModule Load(ReadOnlyMemory<byte> bytes, ModuleSettings settings, TimeProvider time)
    {
        var module = WasmModule.Load(bytes, ModuleLimits.Default with { Bytes = ModuleBounds.MaxModuleBytes });
        return new LoadedModule(
            MachineModule.Make(TieredModule.Make(module, new ExecutableOptions()), new MachineLimits { Fuel = settings.Fuel, WallClock = settings.WallClock, Execution = Execution }, time), settings);
    }

    /// <summary>Runs one decision.</summary>
    /// <param name="state">The state before; empty at birth.</param>
    /// <param name="command">The command.</param>
    /// <param name="context">The context.</param>
    /// <param name="again">Whether the command was accepted before: then it gets whatever fuel any host may have given it.</param>
    public ModuleCallResult Call(ReadOnlySpan<byte> state, ReadOnlySpan<byte> command, ReadOnlySpan<byte> context, bool again)
    {
        var run = _machine.Run(Frames.Encode(state, command, context), again ? ModuleBounds.MaxFuel : _settings.Fuel);
        if (run.Trap is { } trap)
        {
            return new ModuleCallResult(null, FailureOf(trap), run.FuelUsed);
        }

        if (!Frames.TryDecode(run.Output, out OutputFrame frame, out var mistake))
        {
            return new ModuleCallResult(null, new ModuleFailure("module-output-invalid", $"its output is no frame of ABI v1: {mistake}", AuthorsPart, false), run.FuelUsed);
        }

        var answer = ModuleAnswer.Read(frame.Accepted, frame.State, frame.Events);
        return answer is ModuleAnswer.Malformed bad
            ? new ModuleCallResult(null, new ModuleFailure(bad.Code, $"it gave {bad.Reason}", AuthorsPart, false), run.FuelUsed)
            : new ModuleCallResult(answer, null, run.FuelUsed) { Output = run.Output };
    }

    private const string AuthorsPart = "Its author has to repair it.";

    private ModuleFailure FailureOf(Trap trap) => trap.Kind switch
    {
        TrapKind.FuelExhausted => new(
            "module-out-of-fuel", $"it used up its {_settings.Fuel} units of fuel",
            $"Make it do less for one command, or allow more with wasm.fuel (at most {ModuleBounds.MaxFuel}).", false),
        TrapKind.StackExhausted => new("module-stack-exhausted", "its calls are nested too deeply", AuthorsPart, false),
        TrapKind.Interrupted => new(
            "module-timeout", $"it took longer than {_settings.WallClock.TotalSeconds:0.###} seconds by the clock",
            "Send again; where it happens often, allow less wasm.fuel or more wasm.seconds.", true),
        TrapKind.OutOfMemory => new("module-out-of-memory", "this host had no memory left for it", "Send again later, or give the host more memory.", true),
        TrapKind.Abort => new("module-aborted", trap.Message, AuthorsPart, false),
        _ => new("module-trapped", $"it trapped: {trap.Message}", AuthorsPart, false),
    };
}

/// <summary>How one call ended: with an answer, or with a failure.</summary>
internal readonly record struct ModuleCallResult(ModuleAnswer? Answer, ModuleFailure? Failure, long FuelUsed)
{
    /// <summary>The output frame of the answer, as the module gave it.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }
}

/// <summary>Why a call gave no answer.</summary>
/// <param name="Code">What programs look at.</param>
/// <param name="Reason">What happened.</param>
/// <param name="Remedy">What to do, a sentence.</param>
/// <param name="MayPass">Whether trying again may help.</param>
internal sealed record ModuleFailure(string Code, string Reason, string Remedy, bool MayPass);
