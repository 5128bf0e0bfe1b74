using Loom.Wasm.Tests.BackEnds;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Holds our back ends to each other: results, traps and fuel.</summary>
internal static class BackEndComparison
{
    /// <summary>Runs what may be a module: calls all that it exports and that takes nothing. Gives what was counted.</summary>
    public static SortedDictionary<string, long> Run(int seed, byte[] bytes)
    {
        if (!WasmModule.TryLoad(bytes, null, out var module, out var refusal)) return new(StringComparer.Ordinal) { [refusal.Kind.ToString()] = 1 };
        string[] calls = [.. module.Exports.Where(e => e.Kind == ExternalKind.Function && module.Functions[e.Index].Parameters.Length == 0).Select(e => e.Name)];
        return Run(seed, module, calls);
    }

    /// <summary>Runs a module with plenty of fuel and then with too little, on all back ends.</summary>
    public static SortedDictionary<string, long> Run(int seed, WasmModule module, IReadOnlyList<string> calls)
    {
        var random = new Random(seed);
        var scarce = calls.Select(_ => (long)random.Next(1, random.Next(2, 20_000))).Append(1_000).ToArray();
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var executables = BackEnd.All.Values.Select(b => b.Make(module, new ExecutableOptions())).ToList();
        foreach (var (name, fuel) in new (string, Func<int, long>)[] { ("plenty", _ => 1_000_000), ("scarce", i => scarce[i < 0 ? ^1 : i]) })
        {
            var runs = executables.Select(e => BackEndRun.Of(e, calls, fuel, kind => "trap: " + kind)).ToList();
            foreach (var run in runs.Skip(1))
            {
                Same(seed, $"the {BackEnd.All.Keys.First()} ({name} fuel)", runs[0].Answers, run.Answers);
                Assert.True(runs[0].Fuel.SequenceEqual(run.Fuel), $"LOOM_SEED={seed}: fuel left ({name}): {string.Join(',', runs[0].Fuel)} and {string.Join(',', run.Fuel)}");
            }

            foreach (var (what, count) in Counts(runs[0].Answers)) counts[what] = counts.GetValueOrDefault(what) + count;
        }

        return counts;
    }

    public static void Same(int seed, string who, string[] theirs, string[] ours)
    {
        for (var i = 0; i < Math.Max(theirs.Length, ours.Length); i++)
        {
            var (a, b) = (theirs.ElementAtOrDefault(i), ours.ElementAtOrDefault(i));
            Assert.True(a == b, $"LOOM_SEED={seed}: call {i} gives '{a}' on {who} and '{b}' on ours");
        }
    }

    public static IEnumerable<KeyValuePair<string, long>> Counts(string[] answers) =>
        answers.GroupBy(a => a.StartsWith("trap: ", StringComparison.Ordinal) ? a : "results").Select(g => new KeyValuePair<string, long>(g.Key, g.Count()));
}
