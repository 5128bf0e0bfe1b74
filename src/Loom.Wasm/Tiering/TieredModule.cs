namespace Loom.Wasm;

/// <summary>
/// A module that answers at once and soon at full speed: its first instances are interpreted, while the module is compiled in the background;
/// once that is done, new instances run compiled. Both give the same results and use the same fuel, so nobody can tell but by the clock.
/// </summary>
/// <remarks>For modules whose functions come from the host: functions of other instances belong to one back end and are refused.</remarks>
public sealed class TieredModule : Executable
{
    /// <summary>How long a compilation may take unless it is said otherwise. A module that takes longer stays interpreted.</summary>
    public static readonly TimeSpan DefaultTimeToCompile = TimeSpan.FromSeconds(30);

    private readonly Executable interpreted;
    private readonly TimeSpan timeToCompile;
    private readonly int compileAfter;
    private volatile CompiledModule? compiled;
    private Task compilation = Task.CompletedTask;
    private int instances;

    private TieredModule(WasmModule module, ExecutableOptions options, int compileAfter, TimeSpan timeToCompile)
        : base(module, options)
    {
        interpreted = InterpretedModule.Make(module, options);
        this.timeToCompile = timeToCompile;
        this.compileAfter = CompiledModule.IsSupported ? compileAfter : int.MaxValue;
    }

    /// <summary>Whether new instances run compiled.</summary>
    public bool IsCompiled => compiled is not null;

    /// <summary>Makes a module ready to run.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">What its code does besides running.</param>
    /// <param name="compileAfter">How many instances are made before the compilation begins, so that a module that runs once is never compiled.</param>
    /// <param name="timeToCompile">How long the compilation may take; <see cref="DefaultTimeToCompile"/> when null.</param>
    public static TieredModule Make(WasmModule module, ExecutableOptions options, int compileAfter = 2, TimeSpan? timeToCompile = null) =>
        new(module, options, compileAfter, timeToCompile ?? DefaultTimeToCompile);

    /// <summary>Begins the compilation if that did not happen yet; completes when new instances run compiled.</summary>
    /// <exception cref="OperationCanceledException">The compilation took too long: the module stays interpreted.</exception>
    /// <exception cref="NotSupportedException">The module is beyond what the compiler takes: it stays interpreted.</exception>
    /// <exception cref="PlatformNotSupportedException">This platform allows no dynamic code; the module stays interpreted.</exception>
    public Task CompileAsync()
    {
        if (!CompiledModule.IsSupported) throw new PlatformNotSupportedException("This platform allows no dynamic code: modules are interpreted here.");
        lock (interpreted)
        {
            if (compiled is null && compilation.IsCompletedSuccessfully) compilation = Task.Run(Compile);
            return compilation;
        }
    }

    private void Compile()
    {
        using var limit = new CancellationTokenSource(timeToCompile);
        var module = CompiledModule.Compile(Module, Options, limit.Token);
        module.Prepare(limit.Token);
        compiled = module;
    }

    internal override Instance MakeInstance(Store store)
    {
        if (compiled is { } fast) return fast.MakeInstance(store);
        if (Interlocked.Increment(ref instances) == compileAfter) _ = CompileAsync();
        return interpreted.MakeInstance(store);
    }
}
