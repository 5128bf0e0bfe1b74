using Loom.Wasm.Tests.BackEnds;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>What came of calling a module's exported functions on one of our back ends, one after the other in one instance.</summary>
/// <param name="Answers">For each call its results as unsigned decimals, or its trap.</param>
/// <param name="Fuel">For each call the fuel that was left.</param>
internal sealed record BackEndRun(string[] Answers, long[] Fuel)
{
    /// <summary>Runs a module.</summary>
    /// <param name="backEnd">Where.</param>
    /// <param name="bytes">The module; it must be valid and import nothing.</param>
    /// <param name="calls">The exported functions, none of which takes anything.</param>
    /// <param name="options">How it is made ready.</param>
    /// <param name="fuel">Fuel of each call.</param>
    /// <param name="words">Words for traps.</param>
    public static BackEndRun Of(BackEnd backEnd, WasmModule module, IReadOnlyList<string> calls, ExecutableOptions options, Func<int, long> fuel, Func<TrapKind, string> words)
    {
        var store = new Store { Fuel = fuel(-1) };
        Instance instance;
        try
        {
            instance = backEnd.Make(module, options).Instantiate(store, Imports.None);
        }
        catch (Exception e) when (e is InstantiationException or LinkException)
        {
            return new BackEndRun([e.Message], [store.Fuel]);
        }

        using (instance)
        {
            var answers = new string[calls.Count];
            var left = new long[calls.Count];
            for (var i = 0; i < calls.Count; i++)
            {
                store.Fuel = fuel(i);
                var outcome = instance.Call(calls[i]);
                answers[i] = outcome.Trap is { } trap ? words(trap.Kind) : string.Join(' ', outcome.Results.Select(r => r.Bits));
                left[i] = store.Fuel;
            }

            return new BackEndRun(answers, left);
        }
    }
}
