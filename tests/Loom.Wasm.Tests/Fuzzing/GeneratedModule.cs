namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>
/// A generated module. Every function that it exports takes nothing and gives integers only, so that any engine can call them all, in order, and say
/// what came of it.
/// </summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Bytes">The module.</param>
/// <param name="Calls">The exported functions in the order in which they are to be called.</param>
internal sealed record GeneratedModule(int Seed, byte[] Bytes, IReadOnlyList<string> Calls);
