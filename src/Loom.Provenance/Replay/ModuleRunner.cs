using Loom.Core;

namespace Loom.Provenance;

/// <summary>
/// Runs a module. Speaks of no type of the WebAssembly engine, so that verifying a bundle without modules does not load it.
/// </summary>
internal abstract class ModuleRunner
{
    /// <summary>Runs one decision in a fresh instance.</summary>
    public abstract RunnerResult Run(ReadOnlySpan<byte> state, ReadOnlySpan<byte> command, ReadOnlySpan<byte> context, long fuel, CancellationToken cancellationToken);
}

/// <summary>How a run ended.</summary>
/// <param name="Answer">The answer, when there is one.</param>
/// <param name="Failure">Why there is none, as the end of a sentence.</param>
/// <param name="Kind">Whose doing that is.</param>
internal readonly record struct RunnerResult(ModuleAnswer? Answer, string? Failure, RunnerFailure Kind);

/// <summary>Why a run gave no answer.</summary>
internal enum RunnerFailure
{
    /// <summary>It gave one.</summary>
    None,

    /// <summary>The module's own doing: it would end so everywhere.</summary>
    Module,

    /// <summary>The fuel was used up.</summary>
    Fuel,

    /// <summary>It was ended from outside, or this machine had no memory for it.</summary>
    Outside,
}
