namespace Loom.Wasm;

/// <summary>
/// A module as a machine (ABI v1): bytes in, bytes out, and nothing else. Every call runs in a fresh instance. May be shared by threads.
/// </summary>
public sealed class MachineModule
{
    private readonly Executable executable;
    private readonly TimeProvider time;
    private readonly int entry;

    private MachineModule(Executable executable, MachineLimits limits, TimeProvider time)
    {
        this.executable = executable;
        this.time = time;
        Limits = limits;
        entry = executable.Module.Exports.First(e => e is { Kind: ExternalKind.Function, Name: MachineRules.Entry }).Index;
    }

    /// <summary>The module.</summary>
    public WasmModule Module => executable.Module;

    /// <summary>What a call may use.</summary>
    public MachineLimits Limits { get; }

    /// <summary>Makes a machine of a module.</summary>
    /// <param name="executable">The module, made ready by a back end.</param>
    /// <param name="limits">What a call may use; <see cref="MachineLimits.Default"/> when null.</param>
    /// <param name="time">The clock behind <see cref="MachineLimits.WallClock"/>; the system's when null.</param>
    /// <exception cref="MachineRefusedException">The module is no machine; <see cref="MachineRules.Check"/> says so without an exception.</exception>
    public static MachineModule Make(Executable executable, MachineLimits? limits = null, TimeProvider? time = null)
    {
        limits ??= MachineLimits.Default;
        if (MachineRules.Check(executable.Module, limits.Execution) is { } refusal) throw new MachineRefusedException(refusal);
        return new MachineModule(executable, limits, time ?? TimeProvider.System);
    }

    /// <summary>Runs the machine once.</summary>
    /// <param name="input">The input frame.</param>
    /// <param name="cancellation">Ends the run from outside.</param>
    public MachineRun Run(ReadOnlySpan<byte> input, CancellationToken cancellation = default) => Run(input, Limits.Fuel, cancellation);

    /// <summary>Runs the machine once, with another budget of fuel.</summary>
    /// <param name="input">The input frame.</param>
    /// <param name="fuel">Units of fuel.</param>
    /// <param name="cancellation">Ends the run from outside.</param>
    public unsafe MachineRun Run(ReadOnlySpan<byte> input, long fuel, CancellationToken cancellation = default)
    {
        fixed (byte* bytes = input)
        {
            var run = Run(bytes, input.Length, fuel, cancellation);
            return run.Trap?.Kind == TrapKind.HostStack ? RunAgain(bytes, input.Length, fuel, cancellation) : run;
        }
    }

    // That the thread's stack was used up is no outcome: with more room the run ends as it does everywhere.
    private unsafe MachineRun RunAgain(byte* input, int length, long fuel, CancellationToken cancellation) =>
        GuestThread.Run(Limits.Execution, () => Run(input, length, fuel, cancellation));

    private unsafe MachineRun Run(byte* input, int length, long fuel, CancellationToken cancellation)
    {
        var call = new MachineCall(input, length);
        var store = new Store(Limits.Execution) { Fuel = fuel, Context = call };
        using var cancelled = cancellation.UnsafeRegister(static s => ((Store)s!).Interrupt(), store);
        using var clock = Limits.WallClock is { } limit
            ? time.CreateTimer(static s => ((Store)s!).Interrupt(), store, limit, Timeout.InfiniteTimeSpan)
            : null;
        return Run(store, call, fuel);
    }

    private MachineRun Run(Store store, MachineCall call, long fuel)
    {
        try
        {
            using var instance = executable.Instantiate(store, MachineImports.All);
            var trap = instance.Call(instance.FunctionAt(entry)).Trap;
            if (trap is not null) return Ended(trap, store, fuel);
            var output = call.OutputLength == 0 ? default : instance.Memory!.Slice(call.OutputOffset, call.OutputLength).ToArray();
            return new MachineRun(0, output, Used(store, fuel), null);
        }
        catch (InstantiationException e)
        {
            return Ended(e.Trap, store, fuel);
        }
    }

    private MachineRun Ended(Trap trap, Store store, long fuel) => new(MachineRun.ExitCodeOf(trap), default, Used(store, fuel), trap);

    private long Used(Store store, long fuel) => executable.Options.CountFuel ? fuel - store.Fuel : 0;
}
