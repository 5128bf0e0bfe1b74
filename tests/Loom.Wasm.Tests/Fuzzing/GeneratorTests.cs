using System.Diagnostics;
using Loom.Testing;
using Loom.Wasm.Tests.Loading;

namespace Loom.Wasm.Tests.Fuzzing;

public sealed class GeneratorTests
{
    [Fact]
    public void Generated_modules_are_valid_and_their_code_keeps_every_rule()
    {
        var first = Seeds.First("generated modules");
        var seen = new HashSet<Opcode>();
        var count = Tier.Count(ci: 600, @long: 100_000);
        for (var i = 0; i < count; i++)
        {
            var generated = ModuleGenerator.Generate(first + i);
            Assert.True(WasmModule.TryLoad(generated.Bytes, null, out var module, out var refusal), $"LOOM_SEED={first + i}: {refusal}");
            for (var body = 0; body < module.Bodies.Length; body++)
            {
                var code = module.Code(body);
                CodeInvariants.Check(module, code);
                foreach (var instruction in code.Instructions) seen.Add(instruction.Opcode);
            }
        }

        // Nop leaves no instruction. Everything else must turn up.
        if (count >= 600) Assert.Empty(Enum.GetValues<Opcode>().Except(seen).Except([Opcode.Nop]));
    }

    [Fact]
    public void The_same_seed_gives_the_same_module() =>
        Assert.Equal(ModuleGenerator.Generate(7).Bytes, ModuleGenerator.Generate(7).Bytes);

    [ProgramFact("wasm-validate", "wabt")]
    public void Wabt_agrees_that_generated_modules_are_valid()
    {
        var first = Seeds.First("wabt validates");
        for (var i = 0; i < Tier.Count(ci: 30, @long: 2_000); i++)
        {
            var file = Path.Combine(Path.GetTempPath(), $"loom-{Environment.ProcessId}-{first + i}.wasm");
            File.WriteAllBytes(file, ModuleGenerator.Generate(first + i).Bytes);
            using var process = Process.Start(new ProcessStartInfo("wasm-validate", [file]) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            File.Delete(file);
            Assert.True(process.ExitCode == 0, $"LOOM_SEED={first + i}: {errors}");
        }
    }

    [Fact]
    public void Mutated_modules_load_or_are_refused()
    {
        var first = Seeds.First("mutated modules");
        var loaded = 0;
        var count = Tier.Count(ci: 1_500, @long: 300_000);
        for (var i = 0; i < count; i++)
        {
            var random = new Random(first + i);
            var bytes = ByteMutator.Mutate(random, ModuleGenerator.Generate(first + (i / 50)).Bytes, ModuleGenerator.Generate(first + (i / 50) + 1).Bytes);
            try
            {
                if (!WasmModule.TryLoad(bytes, null, out var module, out _)) continue;
                CodeInvariants.Check(module);
                ModuleSummary.Of(module);
                loaded++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"LOOM_SEED={first + i}: {e.Message}", e);
            }
        }

        Console.WriteLine($"[mutated modules] {loaded} of {count} load");
        Assert.True(loaded > count / 50);
    }
}
