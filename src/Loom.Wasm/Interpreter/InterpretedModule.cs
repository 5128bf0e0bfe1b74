namespace Loom.Wasm;

/// <summary>
/// A module that is interpreted: for platforms without dynamic code, and as the plain reading of the specification that compiled code is compared
/// with.
/// </summary>
public sealed class InterpretedModule : Executable
{
    private readonly InterpretedCode?[] codes;
    private readonly bool references;

    private InterpretedModule(WasmModule module, ExecutableOptions options)
        : base(module, options)
    {
        codes = new InterpretedCode?[module.Bodies.Length];
        references = module.Types.Any(HasReferences) || module.Globals.Any(g => IsReference(g.Value));
    }

    /// <summary>Makes a module ready. Costs next to nothing: functions are prepared when they are first called.</summary>
    public static InterpretedModule Make(WasmModule module, ExecutableOptions options) => new(module, options);

    /// <summary>The code of one of the module's own functions.</summary>
    internal InterpretedCode Code(int body) => codes[body] ??= new InterpretedCode(Module.Code(body), references);

    internal override Instance MakeInstance(Store store) => new InterpretedInstance(this, store);

    private static bool HasReferences(FunctionType type)
    {
        foreach (var parameter in type.Parameters) if (IsReference(parameter)) return true;
        foreach (var result in type.Results) if (IsReference(result)) return true;
        return false;
    }

    private static bool IsReference(ValueType type) => type is ValueType.FuncRef or ValueType.ExternRef;
}
