namespace Loom.Wasm;

/// <summary>How a call of a machine ended.</summary>
/// <param name="ExitCode">0 for a normal end, the exit code of the ABI for a trap or an abort; null for what has none: a limit, the host, a trap outside the provable subset.</param>
/// <param name="Output">What the machine gave; empty unless it ended normally.</param>
/// <param name="FuelUsed">Units of fuel that it took; 0 when fuel is not counted.</param>
/// <param name="Trap">Why it did not end normally, or null when it did.</param>
public readonly record struct MachineRun(int? ExitCode, ReadOnlyMemory<byte> Output, long FuelUsed, Trap? Trap)
{
    /// <summary>The exit code of a trap in ABI v1, or null when there is none for it.</summary>
    public static int? ExitCodeOf(Trap trap) => trap.Kind switch
    {
        TrapKind.Abort => trap.Code,
        TrapKind.Unreachable => 2,
        TrapKind.DivideByZero => 3,
        TrapKind.IntegerOverflow => 4,
        TrapKind.UndefinedElement or TrapKind.UninitializedElement or TrapKind.IndirectCallType => 5,
        TrapKind.MemoryOutOfBounds => 6,
        _ => null,
    };
}
