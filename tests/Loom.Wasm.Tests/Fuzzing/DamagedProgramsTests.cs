using Loom.Testing;
using Loom.Wasm.Tests.Loading;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>What compilers make of real programs, whole and damaged.</summary>
public sealed class DamagedProgramsTests
{
    public static TheoryData<string> Programs =>
        [.. Directory.GetFiles(Path.Combine(TestData.Root, "samples", "modules"), "*.wasm").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_code_of_a_program_keeps_every_rule(string program) => CodeInvariants.Check(WasmModule.Load(Read(program)));

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_damaged_program_loads_or_is_refused(string program)
    {
        var bytes = Read(program);
        var first = Seeds.First($"damaged {program}");
        var loaded = 0;
        var count = Tier.Count(ci: 150, @long: 20_000);
        for (var i = 0; i < count; i++)
        {
            var random = new Random(first + i);
            var damaged = random.Next(10) == 0 ? bytes[..random.Next(bytes.Length)] : ByteMutator.Mutate(random, bytes, bytes);
            try
            {
                if (!WasmModule.TryLoad(damaged, null, out var module, out _)) continue;
                CodeInvariants.Check(module);
                Assert.NotEmpty(ModuleSummary.Of(module).Lines());
                loaded++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"LOOM_SEED={first + i}: {e.Message}", e);
            }
        }

        Assert.True(loaded > 0 || count < 100, $"none of {count} damaged modules loads");
    }

    private static byte[] Read(string program) => File.ReadAllBytes(Path.Combine(TestData.Root, "samples", "modules", program + ".wasm"));
}
