namespace Loom.Wasm;

/// <summary>
/// A module with its own memory, tables and globals. Not safe for concurrent use; disposing of it gives its memory back at once and must not
/// happen while it runs.
/// </summary>
public abstract class Instance : IDisposable
{
    // Fields, not properties: generated code reads them.
    internal readonly Store Store;
    internal LinearMemory? Memory;
    internal Table[] Tables;
    internal object?[]?[] ElementSegments = [];
    internal bool[] DataDropped = [];

    /// <summary>Whether work whose size is known only at run time is charged to the store's fuel.</summary>
    internal bool CountsFuel;

    /// <summary>All imported and, after them, all own globals that are exported; null where the back end keeps a private one itself.</summary>
    internal readonly Global?[] Globals;

    /// <summary>All functions that were referred to so far; imported ones are always there.</summary>
    internal readonly Function?[] Functions;

    private protected Instance(WasmModule module, Store store)
    {
        Module = module;
        Store = store;
        Tables = module.Tables.Count == 0 ? [] : new Table[module.Tables.Count];
        Globals = module.Globals.Count == 0 ? [] : new Global?[module.Globals.Count];
        Functions = new Function?[module.FunctionTypes.Length];
    }

    /// <summary>What it is an instance of.</summary>
    public WasmModule Module { get; }

    /// <summary>The memory, or null when the module has none.</summary>
    public LinearMemory? LinearMemory => Memory;

    /// <summary>An exported function, or null when there is none of that name.</summary>
    public Function? Function(string name) => Find(name, ExternalKind.Function) is { } export ? FunctionAt(export.Index) : null;

    /// <summary>An exported global, or null when there is none of that name.</summary>
    public Global? Global(string name) => Find(name, ExternalKind.Global) is { } export ? Globals[export.Index] : null;

    /// <summary>An exported table, or null when there is none of that name.</summary>
    public Table? Table(string name) => Find(name, ExternalKind.Table) is { } export ? Tables[export.Index] : null;

    /// <summary>Calls a function to its end.</summary>
    /// <param name="function">A function of this instance's store.</param>
    /// <param name="arguments">One value per parameter, of the right types.</param>
    /// <exception cref="ArgumentException">The arguments do not fit the function's type.</exception>
    public Outcome Call(Function function, params ReadOnlySpan<Value> arguments)
    {
        var parameters = function.Type.Parameters;
        if (arguments.Length != parameters.Length) throw new ArgumentException($"The function takes {parameters.Length} arguments.", nameof(arguments));
        for (var i = 0; i < parameters.Length; i++)
        {
            if (arguments[i].Type != parameters[i]) throw new ArgumentException($"Argument {i} must be of type {parameters[i]}.", nameof(arguments));
        }

        var results = function.Type.Results.Length == 0 ? [] : new Value[function.Type.Results.Length];
        var trap = Guarded(function, arguments, results);
        return trap is null ? new Outcome(results, null) : new Outcome([], trap);
    }

    /// <summary>Calls an exported function to its end.</summary>
    /// <exception cref="ArgumentException">No function of that name is exported, or the arguments do not fit its type.</exception>
    public Outcome Call(string name, params ReadOnlySpan<Value> arguments) =>
        Call(Function(name) ?? throw new ArgumentException($"The module exports no function '{name}'.", nameof(name)), arguments);

    /// <summary>Takes fuel for work that a host function is about to do; without effect for modules that do not count fuel.</summary>
    /// <exception cref="HostTrapException">The fuel is used up.</exception>
    public void Charge(long units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        if (CountsFuel && (Store.FuelLeft -= units) < 0) throw new HostTrapException(TrapException.Of(TrapKind.FuelExhausted).Trap);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Module.ImportedMemories == 0) Memory?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A function by its index, made when it is first asked for.</summary>
    internal Function FunctionAt(int index)
    {
        if (Functions[index] is { } known) return known;
        var made = MakeFunction(index);
        made.Owner = this;
        return Functions[index] = made;
    }

    internal object Exported(Export export) => export.Kind switch
    {
        ExternalKind.Function => FunctionAt(export.Index),
        ExternalKind.Table => Tables[export.Index],
        ExternalKind.Memory => Memory!,
        _ => Globals[export.Index]!,
    };

    /// <summary>Whether code of this instance can call a function object: those of host functions and of its own back end.</summary>
    internal abstract bool CanCall(Function function);

    /// <summary>Makes the object for one of the module's own functions.</summary>
    private protected abstract Function MakeFunction(int index);

    /// <summary>The kind of instance: those that share functions, also by way of tables and globals, have to be of one.</summary>
    internal abstract Type Kind { get; }

    /// <summary>Makes the object for an imported function of the host's.</summary>
    internal abstract Function MakeHostFunction(HostFunction function);

    /// <summary>Sets a private global (one without an object in <see cref="Globals"/>) to its initial value.</summary>
    internal abstract void SetPrivateGlobal(int index, Value value);

    private protected Trap? Guarded(Function function, ReadOnlySpan<Value> arguments, Span<Value> results)
    {
        var store = Store;
        var stack = store.StackLeft;
        try
        {
            if (store.Depth++ == 0) store.StackFloor = NativeStack.Floor();
            else if ((store.StackLeft -= Store.ReentryCost) < 0) return TrapException.Of(TrapKind.StackExhausted).Trap;
            NativeStack.MakeRoom(store, 0);
            if (store.Interrupted) return TrapException.Of(TrapKind.Interrupted).Trap;
            function.Invoke(arguments, results, store.StackLeft);
            return null;
        }
        catch (TrapException e)
        {
            return e.Trap;
        }
        catch (HostTrapException e)
        {
            return e.Trap;
        }
        finally
        {
            store.Depth--;
            store.StackLeft = stack;
            GC.KeepAlive(this); // and with it the memory, which running code knows by its address only
        }
    }

    private Export? Find(string name, ExternalKind kind)
    {
        foreach (var export in Module.Exports)
        {
            if (export.Kind == kind && export.Name == name) return export;
        }

        return null;
    }
}

/// <summary>How a call ended.</summary>
/// <param name="Results">The results, when it came to its end.</param>
/// <param name="Trap">Why it did not, or null when it did.</param>
public readonly record struct Outcome(Value[] Results, Trap? Trap);
