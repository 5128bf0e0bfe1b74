namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>What came of calling a module's exported functions on one of our back ends, one after the other in one instance.</summary>
/// <param name="Answers">For each call its results as unsigned decimals, or its trap.</param>
/// <param name="Fuel">For each call the fuel that was left.</param>
internal sealed record BackEndRun(string[] Answers, long[] Fuel)
{
    /// <summary>Runs a module in a fresh instance.</summary>
    /// <param name="executable">The module on its back end; it may import what <see cref="FuzzHost"/> offers.</param>
    /// <param name="calls">The exported functions, none of which takes anything.</param>
    /// <param name="fuel">Fuel of each call, and of the start function (-1).</param>
    /// <param name="words">Words for traps.</param>
    public static BackEndRun Of(Executable executable, IReadOnlyList<string> calls, Func<int, long> fuel, Func<TrapKind, string> words)
    {
        var store = new Store { Fuel = fuel(-1) };
        Instance instance;
        try
        {
            instance = executable.Instantiate(store, FuzzHost.Imports);
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
