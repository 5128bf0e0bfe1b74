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
            run.Finish(BackEndComparison.Run(seed, WasmModule.Load(generated.Bytes), generated.Calls));
        }

        Console.WriteLine(run.Summary());
    }

    [Fact]
    public void Back_ends_agree_on_mutated_modules()
    {
        var run = SeedRun.Start("mutated modules agree", Tier.Count(ci: 500, @long: 100_000));
        foreach (var seed in run.Left)
        {
            run.Finish(BackEndComparison.Run(seed, Mutated(seed)));
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
            BackEndComparison.Same(seed, "V8", answers.Dequeue(), ours);
            run.Finish(BackEndComparison.Counts(ours));
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
            BackEndComparison.Same(seed, "wabt", WabtEngine.Run(generated), ours);
            run.Finish(BackEndComparison.Counts(ours));
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

    /// <summary>Runs a module on one of our back ends, in one of the ways in which modules are made ready.</summary>
    private static string[] OnOurs(int seed, GeneratedModule module)
    {
        var backEnd = BackEnd.All.Values.ElementAt(seed % BackEnd.All.Count);
        var options = new ExecutableOptions { CountFuel = seed % 3 != 0, CanonicalNaN = seed % 5 != 0 };
        return BackEndRun.Of(backEnd.Make(WasmModule.Load(module.Bytes), options), module.Calls, _ => Plenty, TrapWords.Of).Answers;
    }
}
