using Loom.Testing;
using Loom.Wasm.Tests.Machines;

namespace Loom.Wasm.Tests.Tiering;

public sealed class TieredModuleTests
{
    private static readonly byte[] Counter = File.ReadAllBytes(Path.Combine(TestData.Root, "samples", "modules", "counter.wasm"));

    private static byte[] Input => Frames.Encode(
        [],
        """{"by":"2"}"""u8,
        """{"actor":"counter-a","at":"2026-01-01T09:00:00.000000Z","commandId":"c1","commandType":"increment","principal":"alice","revision":0,"roles":[]}"""u8);

    [Fact]
    public async Task Nobody_can_tell_which_tier_answered()
    {
        var module = TieredModule.Make(WasmModule.Load(Counter), new ExecutableOptions(), compileAfter: int.MaxValue);
        var machine = MachineModule.Make(module);
        var interpreted = machine.Run(Input);
        Assert.False(module.IsCompiled);

        await module.CompileAsync();
        var compiled = machine.Run(Input);

        Assert.True(module.IsCompiled);
        Assert.Equal(0, interpreted.ExitCode);
        Assert.Equal(interpreted.Output.ToArray(), compiled.Output.ToArray());
        Assert.Equal(interpreted.FuelUsed, compiled.FuelUsed);
    }

    [Fact]
    public async Task A_module_that_runs_often_is_compiled_by_itself()
    {
        var module = TieredModule.Make(WasmModule.Load(Counter), new ExecutableOptions(), compileAfter: 3);
        var machine = MachineModule.Make(module);
        for (var i = 0; i < 3; i++) machine.Run(Input);

        // Begun by the third call: asking again gives the same compilation, not a second one.
        var begun = module.CompileAsync();
        Assert.Same(begun, module.CompileAsync());
        await begun;
        Assert.True(module.IsCompiled);
    }

    [Fact]
    public async Task A_module_that_takes_too_long_to_compile_stays_interpreted()
    {
        var module = TieredModule.Make(WasmModule.Load(Counter), new ExecutableOptions(), int.MaxValue, timeToCompile: TimeSpan.Zero);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(module.CompileAsync);

        Assert.False(module.IsCompiled);
        Assert.Equal(0, MachineModule.Make(module).Run(Input).ExitCode);
    }

    [Fact]
    public void A_function_of_another_back_end_is_refused()
    {
        var builder = MachineBuilder.Machine(_ => { });
        var giver = CompiledModule.Compile(WasmModule.Load(builder), new ExecutableOptions());
        var store = new Store();
        using var instance = giver.Instantiate(store, MachineImports.All);
        var taker = new Building.ModuleBuilder();
        taker.ImportFunction("other", "loom_main", [], []);

        var refused = Assert.Throws<LinkException>(() =>
            InterpretedModule.Make(WasmModule.Load(taker.Build()), new ExecutableOptions()).Instantiate(store, new Imports().AddExports("other", instance)));

        Assert.Contains("another back end", refused.Message, StringComparison.Ordinal);
    }
}
