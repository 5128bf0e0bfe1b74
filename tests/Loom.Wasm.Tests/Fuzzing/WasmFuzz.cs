using Loom.Testing;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>The target of <c>loom fuzz wasm</c>: generated modules, whole and damaged, on both back ends.</summary>
public sealed class WasmFuzz
{
    [Fact]
    public void Generated_and_damaged_modules_run_alike()
    {
        var first = Seeds.First("fuzz wasm");
        foreach (var n in Testing.Fuzzing.Inputs("wasm", ci: 20, @long: 2_000))
        {
            var module = ModuleGenerator.Generate(first + n, new GeneratorOptions(PlainNaN: false, HostFunctions: n % 2 == 0)).Bytes;
            BackEndComparison.Run(first + n, module);
            for (var i = 0; i < 10; i++) BackEndComparison.Run(first + n, ByteMutator.Mutate(new Random(first + n + (i * 7_919)), module, module));
        }
    }
}
