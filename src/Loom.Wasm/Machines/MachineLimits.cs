namespace Loom.Wasm;

/// <summary>What one call of a machine may use.</summary>
public sealed record MachineLimits
{
    /// <summary>The limits that apply when nothing else is said.</summary>
    public static MachineLimits Default { get; } = new();

    /// <summary>Units of fuel: about as many instructions.</summary>
    public long Fuel { get; init; } = 1_000_000_000;

    /// <summary>Memory, tables and stack.</summary>
    public ExecutionLimits Execution { get; init; } = ExecutionLimits.Default;

    /// <summary>
    /// How long a call may take by the clock; null for ever. A second net beside the fuel: what it cuts off depends on the machine and is
    /// therefore never an outcome, only a failure.
    /// </summary>
    public TimeSpan? WallClock { get; init; } = TimeSpan.FromSeconds(60);
}
