using System.Security.Cryptography;
using Loom.Testing;
using Loom.Wasm.Tests.BackEnds;

namespace Loom.Wasm.Tests.Machines;

/// <summary>Wherever a real machine's fuel ends, the back ends have done the same work until then: the same bytes in memory, the same fuel taken.</summary>
public sealed class FuelSweepTests
{
    [Theory]
    [InlineData("bank-ledger")]
    [InlineData("expense-declaration")]
    [InlineData("debt-to-income-assemblyscript")]
    [InlineData("counter-c")]
    public void The_memory_is_the_same_wherever_the_fuel_ends(string name)
    {
        var module = WasmModule.Load(File.ReadAllBytes(Path.Combine(TestData.Root, "samples", "modules", name + ".wasm")));
        var machines = BackEnd.All.Values.Select(b => b.Make(module, new ExecutableOptions())).ToList();
        var input = Frames.Encode([], """{"by":41}"""u8, """{"actor":"counter-1","at":"2026-01-01T09:00:00.000000Z","commandId":"c","commandType":"increment","principal":"alice","revision":0,"roles":[]}"""u8);
        var whole = Run(machines[0], input, long.MaxValue).Used;
        var seed = Seeds.First("fuel sweep");
        Console.WriteLine($"[fuel sweep] {name}: {whole} units, LOOM_SEED={seed}");
        var random = new Random(seed);
        var traps = 0;
        for (var i = 0; i < Tier.Count(ci: 60, @long: 5_000); i++)
        {
            var fuel = random.NextInt64(whole + 10);
            var runs = machines.Select(m => Run(m, input, fuel)).ToList();
            Assert.All(runs, r => Assert.True(runs[0] == r, $"LOOM_SEED={seed}: with {fuel} units {runs[0]} and {r}"));
            if (runs[0].Trap is not null) traps++;
        }

        Assert.True(traps > 0, "the fuel never ended");
    }

    private static unsafe (TrapKind? Trap, long Used, string Memory) Run(Executable executable, byte[] input, long fuel)
    {
        fixed (byte* bytes = input)
        {
            var store = new Store { Fuel = fuel, Context = new MachineCall(bytes, input.Length) };
            using var instance = executable.Instantiate(store, MachineImports.All);
            var trap = instance.Call(MachineRules.Entry).Trap;
            var memory = instance.LinearMemory!;
            return (trap?.Kind, fuel - store.FuelLeft, Convert.ToHexStringLower(SHA256.HashData(memory.Slice(0, (uint)memory.Length))));
        }
    }
}
