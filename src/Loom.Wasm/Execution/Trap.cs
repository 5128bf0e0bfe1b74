namespace Loom.Wasm;

/// <summary>Why a run ended before its end.</summary>
public enum TrapKind
{
    /// <summary>The instruction <c>unreachable</c>.</summary>
    Unreachable = 1,

    /// <summary>An integer division or remainder by zero.</summary>
    DivideByZero,

    /// <summary>A signed division, or a conversion from a float, whose result does not fit.</summary>
    IntegerOverflow,

    /// <summary>A conversion of a NaN to an integer.</summary>
    InvalidConversion,

    /// <summary>An access beyond the end of a memory.</summary>
    MemoryOutOfBounds,

    /// <summary>An access beyond the end of a table.</summary>
    TableOutOfBounds,

    /// <summary>An indirect call beyond the end of the table.</summary>
    UndefinedElement,

    /// <summary>An indirect call of a null reference.</summary>
    UninitializedElement,

    /// <summary>An indirect call of a function of another type.</summary>
    IndirectCallType,

    /// <summary>The budget of stack slots was used up: calls are nested too deeply.</summary>
    StackExhausted,

    /// <summary>
    /// The thread's own stack was used up before the budget of stack slots was: the code has uncommonly large frames, or the thread a small
    /// stack. Says nothing about the guest; <see cref="GuestThread"/> has room.
    /// </summary>
    HostStack,

    /// <summary>The fuel was used up.</summary>
    FuelExhausted,

    /// <summary>The run was cancelled, or its wall clock ran out.</summary>
    Interrupted,

    /// <summary>The system had no memory left for what the limits allow.</summary>
    OutOfMemory,

    /// <summary>The guest asked to be ended (<c>loom.abort</c>, <c>env.abort</c>).</summary>
    Abort,

    /// <summary>A host function refused.</summary>
    Host,
}

/// <summary>How a run ended that did not come to its end. A value: nothing of the guest's is kept.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">The reason in words.</param>
/// <param name="Code">The guest's code, for <see cref="TrapKind.Abort"/>.</param>
public sealed record Trap(TrapKind Kind, string Message, int Code = 0);

/// <summary>Carries a <see cref="Trap"/> from where it happened to the edge of the engine, where it becomes a value again.</summary>
internal sealed class TrapException(Trap trap) : Exception(trap.Message)
{
    public Trap Trap { get; } = trap;

    public static TrapException Of(TrapKind kind) => new(new Trap(kind, Words(kind)));

    // The words are those of the specification's test suite where it has some.
    private static string Words(TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.DivideByZero => "integer divide by zero",
        TrapKind.IntegerOverflow => "integer overflow",
        TrapKind.InvalidConversion => "invalid conversion to integer",
        TrapKind.MemoryOutOfBounds => "out of bounds memory access",
        TrapKind.TableOutOfBounds => "out of bounds table access",
        TrapKind.UndefinedElement => "undefined element",
        TrapKind.UninitializedElement => "uninitialized element",
        TrapKind.IndirectCallType => "indirect call type mismatch",
        TrapKind.StackExhausted => "call stack exhausted",
        TrapKind.HostStack => "the thread's stack is used up",
        TrapKind.FuelExhausted => "fuel exhausted",
        TrapKind.Interrupted => "interrupted",
        TrapKind.OutOfMemory => "out of memory",
        _ => kind.ToString(),
    };
}
