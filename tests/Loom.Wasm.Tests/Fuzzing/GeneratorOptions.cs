namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>What generated modules may hold.</summary>
/// <param name="Floats">Whether they compute with floats.</param>
/// <param name="PlainNaN">
/// Whether every NaN that arithmetic gives is replaced by the canonical one on the spot, so that engines that choose other bits give the same results.
/// </param>
/// <param name="HostFunctions">Whether they import the functions of <see cref="FuzzHost"/>.</param>
/// <param name="Provable">
/// Whether they stay inside the provable subset and are machines, whose entry makes all calls and leaves what came of them in memory. Without floats.
/// </param>
/// <param name="Budget">Calls and loop iterations that one call from outside may make before functions return at once.</param>
internal sealed record GeneratorOptions(bool Floats = true, bool PlainNaN = true, bool HostFunctions = false, int Budget = 200, bool Provable = false);
