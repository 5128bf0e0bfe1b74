namespace Loom.Wasm;

/// <summary>How a module is made ready to run.</summary>
public sealed record ExecutableOptions
{
    /// <summary>Whether fuel is counted. Without it only the wall clock and <see cref="Store.Interrupt"/> end an endless loop.</summary>
    public bool CountFuel { get; init; } = true;

    /// <summary>
    /// Whether every float operation that gives a NaN gives the canonical one, so that results are the same to the bit on every processor and
    /// back end. The specification leaves these bits open.
    /// </summary>
    public bool CanonicalNaN { get; init; } = true;
}

/// <summary>A module made ready to run. Made once per process; may be shared by threads; instances are cheap.</summary>
public abstract class Executable
{
    private protected Executable(WasmModule module, ExecutableOptions options)
    {
        Module = module;
        Options = options;
    }

    /// <summary>The module.</summary>
    public WasmModule Module { get; }

    /// <summary>How it was made ready.</summary>
    public ExecutableOptions Options { get; }

    /// <summary>Makes an instance: links it, sets its globals, tables and memory, and runs its start function.</summary>
    /// <param name="store">What the instance shares with others; instances that are linked must be of one store and one back end.</param>
    /// <param name="imports">What it is given.</param>
    /// <exception cref="LinkException">An import is missing or does not fit, or a limit forbids the module's memory or table.</exception>
    /// <exception cref="InstantiationException">A segment does not fit, or the start function trapped.</exception>
    public Instance Instantiate(Store store, Imports imports)
    {
        var instance = MakeInstance(store);
        instance.CountsFuel = Options.CountFuel;
        try
        {
            Instantiation.Run(instance, imports);
            return instance;
        }
        catch
        {
            // What it put into things of others stays there and may still be called; then its memory has to stay too.
            if (Module.ImportedTables == 0 && Module.ImportedGlobals == 0) instance.Dispose();
            throw;
        }
    }

    /// <summary>Makes an instance that is not linked yet.</summary>
    internal abstract Instance MakeInstance(Store store);
}

/// <summary>A module could not come to life: a segment does not fit, or its start function trapped.</summary>
public sealed class InstantiationException(Trap trap) : Exception(trap.Message)
{
    /// <summary>What happened.</summary>
    public Trap Trap { get; } = trap;
}
