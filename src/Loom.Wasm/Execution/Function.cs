namespace Loom.Wasm;

/// <summary>A function that can be called, put into tables and given to other modules.</summary>
public abstract class Function
{
    private protected Function(FunctionType type) => Type = type;

    /// <summary>The instance that made it.</summary>
    internal Instance? Owner { get; set; }

    /// <summary>What it takes and gives.</summary>
    public FunctionType Type { get; }

    /// <summary>Calls it. Traps arrive as <see cref="TrapException"/>.</summary>
    /// <param name="arguments">One value per parameter, of the right types.</param>
    /// <param name="results">Room for one value per result.</param>
    /// <param name="stack">Stack slots that are left.</param>
    internal abstract void Invoke(ReadOnlySpan<Value> arguments, Span<Value> results, int stack);
}
