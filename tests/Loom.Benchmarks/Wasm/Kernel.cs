using System.Diagnostics;
using Loom.Wasm;
using IoPath = System.IO.Path;

namespace Loom.Benchmarks.Wasm;

/// <summary>A compute kernel: its module, and how many rounds make a few milliseconds.</summary>
internal sealed record Kernel(string Name, int Rounds)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Kernel> All { get; } =
        [new("sha256", 30), new("sort", 4), new("sieve", 8), new("matrix", 5), new("nbody", 20), new("json", 40), new("mix", 30)];

    /// <summary>Where the module lies.</summary>
    public string File => Path(IoPath.Combine("kernels", Name + ".wasm"));

    /// <summary>A file beside the benchmark's program.</summary>
    public static string Path(string name) => IoPath.Combine(AppContext.BaseDirectory, "Wasm", name);

    /// <summary>Runs it in a fresh instance.</summary>
    public (uint Checksum, TimeSpan Time) Run(Executable module)
    {
        var store = new Store { Fuel = long.MaxValue };
        using var instance = module.Instantiate(store, Imports.None);
        var run = instance.Function("run")!;
        var clock = Stopwatch.StartNew();
        var outcome = instance.Call(run, Value.I32(Rounds));
        clock.Stop();
        return outcome.Trap is { } trap
            ? throw new InvalidOperationException($"The kernel {Name} ended with a trap: {trap.Message}.")
            : ((uint)outcome.Results[0].AsI32(), clock.Elapsed);
    }
}
