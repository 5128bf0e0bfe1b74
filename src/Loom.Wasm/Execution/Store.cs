namespace Loom.Wasm;

/// <summary>What a run may use. All of it is deterministic: the same on every machine and every back end.</summary>
public sealed record ExecutionLimits
{
    /// <summary>The limits of machines: 1,024 pages of memory, 65,536 elements in tables, 65,536 stack slots.</summary>
    public static ExecutionLimits Default { get; } = new();

    /// <summary>The most pages of 64 KiB that a memory may have, 0..65,536. Growing beyond answers -1; a module that starts with more is refused.</summary>
    public int MemoryPages { get; init; } = 1024;

    /// <summary>The most elements that a table may have.</summary>
    public int TableElements { get; init; } = 65_536;

    /// <summary>The budget of stack slots: every call takes 16, one for each local and operand of the function and one for eight of its instructions, and gives them back at its end.</summary>
    public int StackSlots { get; init; } = 65_536;
}

/// <summary>
/// What instances that may be linked to each other share: limits, fuel, and the flag that ends a run from outside. One thread runs code of a
/// store at a time; <see cref="Interrupt"/> may be called from any.
/// </summary>
public sealed class Store(ExecutionLimits limits)
{
    /// <summary>Units of fuel that are left. Compiled code counts in a register and brings this up to date at every call and at the end.</summary>
    internal long FuelLeft;

    /// <summary>Set from outside; looked at in every loop and at every call.</summary>
    internal volatile bool Interrupted;

    /// <summary>Stack slots that a call from outside gets: all of them, or what was left where the guest called the host that now calls back.</summary>
    internal int StackLeft = limits.StackSlots;

    /// <summary>The lowest address that frames of compiled code may have.</summary>
    internal nint StackFloor;

    /// <summary>How many calls from outside are under way, one inside the other.</summary>
    internal int Depth;

    /// <summary>Slots that a call back from a host function costs besides: what the host's own frames may take of the thread's stack.</summary>
    internal const int ReentryCost = 512;

    /// <summary>Makes a store with the default limits.</summary>
    public Store()
        : this(ExecutionLimits.Default)
    {
    }

    /// <summary>What a run may use.</summary>
    public ExecutionLimits Limits { get; } = limits;

    /// <summary>Whatever the host wants its functions to find when a guest of this store calls them.</summary>
    public object? Context { get; set; }

    /// <summary>Units of fuel that are left, for modules that were compiled to count it; never negative.</summary>
    public long Fuel
    {
        get => Math.Max(0, FuelLeft);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            FuelLeft = value;
        }
    }

    /// <summary>Ends what runs in this store, and whatever is started in it later, with <see cref="TrapKind.Interrupted"/>.</summary>
    public void Interrupt() => Interrupted = true;

    /// <summary>Takes fuel for work whose size is known only when it is done (bulk copies, host functions).</summary>
    internal void Charge(long units)
    {
        if ((FuelLeft -= units) < 0) throw TrapException.Of(TrapKind.FuelExhausted);
    }
}
