using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.Wasm;

namespace Loom.Provenance;

/// <summary>Runs a module with the WebAssembly engine.</summary>
internal sealed class WasmRunner : ModuleRunner
{
    private readonly MachineModule _machine;

    private WasmRunner(MachineModule machine) => _machine = machine;

    /// <summary>The module, or why its bytes are no machine.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static (ModuleRunner? Runner, string? Problem) Load(ReadOnlyMemory<byte> bytes)
    {
        if (!WasmModule.TryLoad(bytes, ModuleLimits.Default with { Bytes = ModuleBounds.MaxModuleBytes }, out var module, out var refusal))
        {
            return (null, refusal.ToString());
        }

        var limits = new MachineLimits { WallClock = null, Execution = new ExecutionLimits { MemoryPages = ModuleBounds.MemoryPages } };
        return Wasm.MachineRules.Check(module, limits.Execution) is { } no
            ? (null, no.Message)
            : (new WasmRunner(MachineModule.Make(Ready(module), limits)), null);
    }

    public override RunnerResult Run(ReadOnlySpan<byte> state, ReadOnlySpan<byte> command, ReadOnlySpan<byte> context, long fuel, CancellationToken cancellationToken)
    {
        var run = _machine.Run(Frames.Encode(state, command, context), fuel, cancellationToken);
        if (run.Trap is { } trap)
        {
            return new RunnerResult(null, trap.Message, trap.Kind switch
            {
                TrapKind.FuelExhausted => RunnerFailure.Fuel,
                TrapKind.Interrupted or TrapKind.OutOfMemory => RunnerFailure.Outside,
                _ => RunnerFailure.Module,
            });
        }

        if (!Frames.TryDecode(run.Output, out OutputFrame frame, out var mistake))
        {
            return new RunnerResult(null, $"its output is no frame of ABI v1: {mistake}", RunnerFailure.Module);
        }

        return ModuleAnswer.Read(frame.Accepted, frame.State, frame.Events) switch
        {
            ModuleAnswer.Malformed bad => new RunnerResult(null, $"it gives {bad.Reason}", RunnerFailure.Module),
            var answer => new RunnerResult(answer, null, RunnerFailure.None),
        };
    }

    // Compiled before the first run: an auditor runs thousands of commands, and a hostile module takes its fuel faster so.
    private static TieredModule Ready(WasmModule module)
    {
        var tiered = TieredModule.Make(module, new ExecutableOptions());
        try
        {
            tiered.CompileAsync().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is OperationCanceledException or NotSupportedException)
        {
            // It stays interpreted: slower, and the same in everything else.
        }

        return tiered;
    }
}
