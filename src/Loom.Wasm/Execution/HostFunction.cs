namespace Loom.Wasm;

/// <summary>The work of a host function.</summary>
/// <param name="caller">The instance that called.</param>
/// <param name="arguments">Bits of the arguments; the upper half of 32-bit ones is zero.</param>
/// <param name="results">Room for the bits of the results.</param>
public delegate void HostCallback(Instance caller, ReadOnlySpan<ulong> arguments, Span<ulong> results);

/// <summary>A function of the host that guests may import. It takes and gives numbers only, no references.</summary>
public sealed class HostFunction
{
    /// <summary>Makes a host function.</summary>
    /// <param name="type">What it takes and gives: numbers only, at most 16 of each.</param>
    /// <param name="callback">What it does. It ends the run by throwing <see cref="HostTrapException"/>.</param>
    public HostFunction(FunctionType type, HostCallback callback)
    {
        foreach (var value in (ReadOnlySpan<ValueType>)[.. type.Parameters, .. type.Results])
        {
            if (value is ValueType.FuncRef or ValueType.ExternRef) throw new ArgumentException("A host function takes and gives numbers only.", nameof(type));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(type.Parameters.Length, MaxValues, nameof(type));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(type.Results.Length, MaxValues, nameof(type));
        Type = type;
        Callback = callback;
    }

    /// <summary>The most parameters, and the most results.</summary>
    internal const int MaxValues = 16;

    /// <summary>What it takes and gives.</summary>
    public FunctionType Type { get; }

    internal HostCallback Callback { get; }
}

/// <summary>Thrown by a host function to end the run of the guest that called it.</summary>
public sealed class HostTrapException : Exception
{
    /// <summary>Ends the run.</summary>
    /// <param name="trap">What the caller of the guest is told.</param>
    public HostTrapException(Trap trap)
        : base(trap.Message) => Trap = trap;

    /// <summary>What the caller of the guest is told.</summary>
    public Trap Trap { get; }
}
