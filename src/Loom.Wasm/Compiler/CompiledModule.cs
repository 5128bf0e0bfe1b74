using System.Reflection;

namespace Loom.Wasm;

/// <summary>A module compiled to the platform's own code by way of IL. Needs a platform that allows dynamic code.</summary>
public sealed unsafe class CompiledModule : Executable
{
    private readonly Type type;
    private readonly delegate*<CompiledModule, Store, CompiledInstance> make;
    private readonly nint[] code;
    private readonly nint[] invokers;
    private readonly FieldInfo?[] globals;

    private CompiledModule(WasmModule module, ExecutableOptions options, CancellationToken cancellation)
        : base(module, options)
    {
        type = ModuleEmitter.Emit(module, options, cancellation);
        make = (delegate*<CompiledModule, Store, CompiledInstance>)Address(ModuleEmitter.MakerName);
        code = new nint[module.FunctionTypes.Length];
        invokers = new nint[module.Types.Length];
        globals = new FieldInfo?[module.Globals.Count];
    }

    /// <summary>Whether this platform can compile; where it cannot, <see cref="InterpretedModule"/> runs the same modules.</summary>
    public static bool IsSupported => System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeCompiled;

    /// <summary>Compiles a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">What the code does besides running.</param>
    /// <param name="cancellation">Ends the compilation between two functions.</param>
    public static CompiledModule Compile(WasmModule module, ExecutableOptions options, CancellationToken cancellation = default) =>
        new(module, options, cancellation);

    internal override Instance MakeInstance(Store store) => make(this, store);

    /// <summary>Has the platform compile all functions now; without it each one is compiled when it is first called.</summary>
    public void Prepare()
    {
        foreach (var method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
        {
            System.Runtime.CompilerServices.RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
    }

    /// <summary>Address of the method of one of the module's own functions.</summary>
    internal nint CodeOf(int index)
    {
        if (code[index] == 0) code[index] = Address(ModuleEmitter.MethodName(index));
        return code[index];
    }

    /// <summary>Address of the method that calls functions of that type with values.</summary>
    internal nint InvokerOf(FunctionType signature)
    {
        var index = Array.IndexOf(Module.Types, signature);
        if (invokers[index] == 0) invokers[index] = Address(ModuleEmitter.InvokerName(index));
        return invokers[index];
    }

    /// <summary>Address of the method that guests call for a host function of that type.</summary>
    internal nint HostThunkOf(FunctionType signature) => Address(ModuleEmitter.HostThunkName(Array.IndexOf(Module.Types, signature)));

    /// <summary>Sets a private global of an instance.</summary>
    internal void SetGlobal(CompiledInstance instance, int index, Value value)
    {
        var field = globals[index] ??= type.GetField(ModuleEmitter.GlobalName(index))!;
        object? boxed = value.Type switch
        {
            ValueType.I32 => value.AsI32(),
            ValueType.I64 => value.AsI64(),
            ValueType.F32 => value.AsF32(),
            ValueType.F64 => value.AsF64(),
            _ => value.Reference,
        };
        field.SetValue(instance, boxed);
    }

    private nint Address(string method) => type.GetMethod(method)!.MethodHandle.GetFunctionPointer();
}
