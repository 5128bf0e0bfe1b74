using System.Diagnostics;
using Loom.Benchmarks.Wasm;
using Loom.Wasm;

namespace Loom.Benchmarks;

/// <summary>The WebAssembly engine: compute kernels beside Node's V8 in turns, then what a machine costs to load, to instantiate and to call.</summary>
internal static class WasmBenchmark
{
    private const int Turns = 60;

    public static Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        Kernels(output, cancellationToken);
        Machines(output, cancellationToken);
        return Task.CompletedTask;
    }

    private static void Kernels(TextWriter output, CancellationToken cancellationToken)
    {
        using var v8 = V8.Start();
        if (v8 is null) output.WriteLine("Node was not found: the kernels run without a reference (apt-get install nodejs)");
        double plainSum = 0, fuelSum = 0;
        foreach (var kernel in Kernel.All)
        {
            var module = WasmModule.Load(File.ReadAllBytes(kernel.File));
            var plain = CompiledModule.Compile(module, new ExecutableOptions { CountFuel = false, CanonicalNaN = false }, cancellationToken);
            var fuel = CompiledModule.Compile(module, new ExecutableOptions { CanonicalNaN = false }, cancellationToken);
            var machine = CompiledModule.Compile(module, new ExecutableOptions(), cancellationToken);
            var best = new TimeSpan[4];
            Array.Fill(best, TimeSpan.MaxValue);
            for (var turn = 0; turn < Turns; turn++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var checksum = Take(kernel.Run(plain), ref best[0]);
                Same(kernel, checksum, Take(kernel.Run(fuel), ref best[1]));
                Same(kernel, checksum, Take(kernel.Run(machine), ref best[2]));
                if (v8 is not null) Same(kernel, checksum, Take(v8.Run(kernel.File, kernel.Rounds), ref best[3]));
            }

            if (v8 is null)
            {
                output.Line($"{kernel.Name,-7} {best[0].TotalMilliseconds:f2} ms, with fuel {best[1].TotalMilliseconds:f2} ms");
                continue;
            }

            plainSum += Math.Log(best[0] / best[3]);
            fuelSum += Math.Log(best[1] / best[3]);
            output.Line($"{kernel.Name,-7} {best[0].TotalMilliseconds,6:f2} ms, V8 {best[3].TotalMilliseconds,6:f2} ms: {best[0] / best[3]:f2} times V8, with fuel {best[1] / best[3]:f2}, as machines run (fuel, canonical NaN) {best[2] / best[3]:f2}");
        }

        if (v8 is not null)
        {
            output.Line($"geometric mean over {Kernel.All.Count} kernels: {Math.Exp(plainSum / Kernel.All.Count):f2} times V8 (goal: at most 1.20), with fuel {Math.Exp(fuelSum / Kernel.All.Count):f2} (goal: at most 1.50)");
        }
    }

    private static void Machines(TextWriter output, CancellationToken cancellationToken)
    {
        var ledger = SampleModule("bank-ledger");
        var small = SampleModule("counter-assemblyscript");
        var context = Context("open");
        var opening = Frames.Encode([], """{"overdraft":"500","owner":"Alice"}"""u8, context);
        var module = WasmModule.Load(ledger);
        var compiled = CompiledModule.Compile(module, new ExecutableOptions(), cancellationToken);
        compiled.Prepare();
        var machine = MachineModule.Make(compiled);
        var opened = Frames.TryDecode(machine.Run(opening).Output, out OutputFrame frame, out var mistake) ? frame : throw new InvalidOperationException(mistake);
        var deposit = Frames.Encode(opened.State.Span, """{"amount":"5"}"""u8, Context("deposit"));
        var interpreted = MachineModule.Make(InterpretedModule.Make(module, new ExecutableOptions()));

        var first = Best(40, 1, () => MachineModule.Make(TieredModule.Make(WasmModule.Load(small), new ExecutableOptions(), int.MaxValue)).Run(opening));
        var full = Best(10, 1, () =>
        {
            var whole = CompiledModule.Compile(WasmModule.Load(small), new ExecutableOptions());
            whole.Prepare();
            MachineModule.Make(whole).Run(opening);
        });
        output.Line($"a module of {small.Length / 1024.0:f1} KB from bytes to first result: {first.TotalMilliseconds:f2} ms (goal: under 10 ms); compiled whole before that {full.TotalMilliseconds:f1} ms");

        var imports = HostImports(module);
        var instantiate = Best(200, 50, () => compiled.Instantiate(new Store(), imports).Dispose());
        output.Line($"instantiate the ledger ({module.Memories[0].Minimum} pages): {instantiate.TotalMicroseconds:f2} µs (goal: under 8)");

        cancellationToken.ThrowIfCancellationRequested();
        var call = Best(200, 50, () => machine.Run(deposit));
        var slow = Best(20, 10, () => interpreted.Run(deposit));
        output.Line($"a call of the ledger, fresh instance, frames in and out, {machine.Run(deposit).FuelUsed} units of fuel: {call.TotalMicroseconds:f2} µs (goal: under 20), {1e6 / call.TotalMicroseconds:f0} calls/s a core (goal: at least 40,000); interpreted {slow / call:f1} times that");
    }

    private static byte[] SampleModule(string name) => File.ReadAllBytes(Kernel.Path(Path.Combine("modules", name + ".wasm")));

    private static byte[] Context(string command) => System.Text.Encoding.UTF8.GetBytes(
        $$"""{"actor":"account-alice","at":"2026-01-01T09:00:00.000000Z","commandId":"c1","commandType":"{{command}}","principal":"alice","revision":0,"roles":[]}""");

    // Functions that do nothing, of the types that the module wants: instantiation links them like any other.
    private static Imports HostImports(WasmModule module)
    {
        var imports = new Imports();
        for (var i = 0; i < module.Imports.Count; i++) imports.Add(module.Imports[i].Module, module.Imports[i].Name, new HostFunction(module.Functions[i], (_, _, _) => { }));
        return imports;
    }

    private static TimeSpan Best(int turns, int each, Action work)
    {
        var best = TimeSpan.MaxValue;
        for (var turn = 0; turn < turns; turn++)
        {
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < each; i++) work();
            var time = clock.Elapsed / each;
            if (time < best) best = time;
        }

        return best;
    }

    private static uint Take((uint Checksum, TimeSpan Time) run, ref TimeSpan best)
    {
        if (run.Time < best) best = run.Time;
        return run.Checksum;
    }

    private static void Same(Kernel kernel, uint expected, uint checksum)
    {
        if (checksum != expected) throw new InvalidOperationException($"The kernel {kernel.Name} gives {checksum} here and {expected} there.");
    }
}
