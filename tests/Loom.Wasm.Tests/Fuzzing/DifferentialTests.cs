using Loom.Testing;
using Loom.Wasm.Tests.BackEnds;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Random modules give the same results on every engine, and on our own also the same traps and the same fuel.</summary>
public sealed class DifferentialTests
{
    private const long Plenty = 50_000_000;
    private const int Batch = 100;

    [Fact]
    public void Back_ends_agree_on_results_traps_and_fuel()
    {
        var run = SeedRun.Start("back ends agree", Tier.Count(ci: 150, @long: 100_000));
        foreach (var seed in run.Left)
        {
            var generated = ModuleGenerator.Generate(seed, new GeneratorOptions(PlainNaN: false, HostFunctions: seed % 2 == 0));
            run.Finish(Compare(seed, WasmModule.Load(generated.Bytes), generated.Calls));
        }

        Console.WriteLine(run.Summary());
    }

    [Fact]
    public void Back_ends_agree_on_mutated_modules()
    {
        var run = SeedRun.Start("mutated modules agree", Tier.Count(ci: 500, @long: 100_000));
        foreach (var seed in run.Left)
        {
            var generated = ModuleGenerator.Generate(seed / 16, new GeneratorOptions(PlainNaN: false));
            var bytes = ByteMutator.Mutate(new Random(seed), generated.Bytes, ModuleGenerator.Generate((seed / 16) + 1).Bytes);
            if (!WasmModule.TryLoad(bytes, null, out var module, out var refusal))
            {
                run.Finish([new(refusal.Kind.ToString(), 1)]);
                continue;
            }

            string[] calls = [.. module.Exports.Where(e => e.Kind == ExternalKind.Function && module.Functions[e.Index].Parameters.Length == 0).Select(e => e.Name)];
            run.Finish(Compare(seed, module, calls));
        }

        Console.WriteLine(run.Summary());
    }

    [ProgramFact("node", "nodejs")]
    public void Back_ends_agree_with_V8()
    {
        var run = SeedRun.Start("agree with V8", Tier.Count(ci: 200, @long: 100_000));
        var answers = new Queue<string[]>();
        foreach (var seed in run.Left)
        {
            if (answers.Count == 0) answers = new Queue<string[]>(NodeEngine.Run(Enumerable.Range(seed, Batch).Select(ForV8)));
            var ours = OnOurs(seed, ForV8(seed));
            Same(seed, "V8", answers.Dequeue(), ours);
            run.Finish(Counts(ours));
        }

        Console.WriteLine(run.Summary());
    }

    [ProgramFact("wasm-interp", "wabt")]
    public void Back_ends_agree_with_wabt()
    {
        var run = SeedRun.Start("agree with wabt", Tier.Count(ci: 60, @long: 10_000));
        foreach (var seed in run.Left)
        {
            var generated = ModuleGenerator.Generate(seed);
            var ours = OnOurs(seed, generated);
            Same(seed, "wabt", WabtEngine.Run(generated), ours);
            run.Finish(Counts(ours));
        }

        Console.WriteLine(run.Summary());
    }

    [ProgramFact("node", "nodejs")]
    public void What_we_load_V8_finds_valid()
    {
        var run = SeedRun.Start("V8 validates", Tier.Count(ci: 1_000, @long: 100_000));
        var theirs = new Queue<bool>();
        foreach (var seed in run.Left)
        {
            if (theirs.Count == 0) theirs = new Queue<bool>(NodeEngine.Validate(Enumerable.Range(seed, Batch).Select(Mutated)));
            var valid = theirs.Dequeue();
            var ours = WasmModule.TryLoad(Mutated(seed), null, out _, out var refusal);
            Assert.True(valid || !ours, $"LOOM_SEED={seed}: we load what V8 refuses");

            // V8 has features that we lack; wabt can be asked without them.
            if (valid && !ours && refusal!.Kind != InvalidModuleKind.TooLarge && Tier.IsLong)
                Assert.False(WabtEngine.Validate(Mutated(seed)), $"LOOM_SEED={seed}: V8 and wabt load what we refuse: {refusal}");
            run.Finish([new(ours ? "loaded" : valid ? "loaded by V8 only" : "refused", 1)]);
        }

        Console.WriteLine(run.Summary());
    }

    private static GeneratedModule ForV8(int seed) => ModuleGenerator.Generate(seed, new GeneratorOptions(HostFunctions: seed % 4 < 2));

    private static byte[] Mutated(int seed) =>
        ByteMutator.Mutate(new Random(seed), ModuleGenerator.Generate(seed / 16).Bytes, ModuleGenerator.Generate((seed / 16) + 1).Bytes);

    /// <summary>Runs a module with plenty of fuel and then with too little, on all back ends.</summary>
    private static SortedDictionary<string, long> Compare(int seed, WasmModule module, IReadOnlyList<string> calls)
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

    /// <summary>Runs a module on one of our back ends, in one of the ways in which modules are made ready.</summary>
    private static string[] OnOurs(int seed, GeneratedModule module)
    {
        var backEnd = BackEnd.All.Values.ElementAt(seed % BackEnd.All.Count);
        var options = new ExecutableOptions { CountFuel = seed % 3 != 0, CanonicalNaN = seed % 5 != 0 };
        return BackEndRun.Of(backEnd.Make(WasmModule.Load(module.Bytes), options), module.Calls, _ => Plenty, TrapWords.Of).Answers;
    }

    private static void Same(int seed, string who, string[] theirs, string[] ours)
    {
        for (var i = 0; i < Math.Max(theirs.Length, ours.Length); i++)
        {
            var (a, b) = (theirs.ElementAtOrDefault(i), ours.ElementAtOrDefault(i));
            Assert.True(a == b, $"LOOM_SEED={seed}: call {i} gives '{a}' on {who} and '{b}' on ours");
        }
    }

    private static IEnumerable<KeyValuePair<string, long>> Counts(string[] answers) =>
        answers.GroupBy(a => a.StartsWith("trap: ", StringComparison.Ordinal) ? a : "results").Select(g => new KeyValuePair<string, long>(g.Key, g.Count()));
}
