using Loom.Testing;
using Loom.Wasm.Tests.BackEnds;
using Loom.Wasm.Tests.Fuzzing;
using Loom.Wasm.Tests.Machines;

namespace Loom.Wasm.Tests.Proving;

/// <summary>What the prover's executor makes of a module is what this engine makes of it: exit code, output, and every byte of memory at the end.</summary>
public sealed class ProverAgreementTests
{
    private const int Batch = 100;

    [ProverFact]
    public void The_samples_end_alike()
    {
        var runs = new List<(string Name, byte[] Module, byte[] Input, Executable Here)>();
        foreach (var row in SampleMachineTests.Machines())
        {
            var (module, vectors) = ((string)row[0], (string)row[1]);
            var bytes = SampleMachineTests.Module(module);
            var here = Make("compiler", bytes);
            var machine = MachineModule.Make(here);
            SampleMachineTests.Play(module, vectors, input =>
            {
                runs.Add(($"{module}, call {runs.Count}", bytes, input, here));
                return machine.Run(input);
            });
            foreach (var input in new byte[][] { [], [0], new byte[12], [255, 255, 255, 255, 0, 0, 0, 0] }) runs.Add(($"{module}, no frame", bytes, input, here));
        }

        var ends = ProverRuns.Of([.. runs.Select(r => (r.Module, r.Input))]);
        Assert.Equal(runs.Count, ends.Count);
        for (var i = 0; i < runs.Count; i++) Same(runs[i].Name, MachineEnd.Of(runs[i].Here, runs[i].Input), ends[i]);
        Console.WriteLine($"[samples] {runs.Count} runs end alike");
    }

    [ProverFact]
    public void Random_modules_end_alike()
    {
        var run = SeedRun.Start("prover agrees", Tier.Count(ci: 200, @long: 100_000));
        var theirs = new Queue<(MachineEnd? End, string Said)>();
        foreach (var seed in run.Left)
        {
            if (theirs.Count == 0) theirs = new Queue<(MachineEnd? End, string Said)>(ProverRuns.Of([.. Enumerable.Range(seed, Batch).Select(s => (Module(s), Array.Empty<byte>()))]));
            var module = Module(seed);
            Assert.True(ProvableSubset.Check(WasmModule.Load(module)).Count == 0, $"LOOM_SEED={seed}: the module is not in the provable subset");
            var ours = MachineEnd.Of(Make(BackEnd.All.Keys.ElementAt(seed % BackEnd.All.Count), module), []);
            Same($"LOOM_SEED={seed}", ours, theirs.Dequeue());
            run.Finish([new($"exit {ours.ExitCode}", 1)]);
        }

        Console.WriteLine(run.Summary());
        Assert.True(run.Counts["exit 0"] > run.Count / 10, "too few modules end normally");
    }

    private static Executable Make(string backEnd, byte[] module) => BackEnd.All[backEnd].Make(WasmModule.Load(module), new ExecutableOptions());

    private static byte[] Module(int seed) => ModuleGenerator.Generate(seed, new GeneratorOptions(Floats: false, Provable: true)).Bytes;

    private static void Same(string name, MachineEnd ours, (MachineEnd? End, string Said) theirs)
    {
        Assert.True(theirs.End is not null, $"{name}: the prover gives no result: {theirs.Said}");
        Assert.True(ours == theirs.End, $"{name}: here {ours}, on the prover {theirs.End}");
    }
}
