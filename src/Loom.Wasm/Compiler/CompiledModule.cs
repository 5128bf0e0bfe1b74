using System.Reflection;
using System.Runtime.CompilerServices;

namespace Loom.Wasm;

/// <summary>A module compiled to the platform's own code by way of IL. Needs a platform that allows dynamic code.</summary>
public sealed unsafe class CompiledModule : Executable
{
    private readonly GeneratedModule generated;
    private readonly delegate*<CompiledModule, Store, CompiledInstance> make;
    private readonly nint[] code;
    private readonly nint[] invokers;
    private readonly nint[] hostThunks;
    private readonly FieldInfo?[] globals;

    private CompiledModule(WasmModule module, ExecutableOptions options, CancellationToken cancellation)
        : base(module, options)
    {
        generated = ModuleEmitter.Emit(module, options, cancellation);
        make = (delegate*<CompiledModule, Store, CompiledInstance>)generated.Address(ModuleEmitter.MakerName);
        code = new nint[module.FunctionTypes.Length];
        invokers = new nint[generated.Signatures];
        hostThunks = new nint[generated.Signatures];
        globals = new FieldInfo?[module.Globals.Count];
    }

    /// <summary>Whether this platform can compile; where it cannot, <see cref="InterpretedModule"/> runs the same modules.</summary>
    public static bool IsSupported => RuntimeFeature.IsDynamicCodeCompiled;

    /// <summary>Compiles a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">What the code does besides running.</param>
    /// <param name="cancellation">Ends the compilation between two functions.</param>
    /// <exception cref="NotSupportedException">The module is beyond what the platform compiles, or grows out of proportion when it is; it can be interpreted.</exception>
    public static CompiledModule Compile(WasmModule module, ExecutableOptions options, CancellationToken cancellation = default) =>
        new(module, options, cancellation);

    /// <summary>Has the platform compile all functions now; without it each one is compiled when it is first called.</summary>
    /// <param name="cancellation">Ends the compilation between two functions.</param>
    public void Prepare(CancellationToken cancellation = default) => generated.Prepare(cancellation);

    internal override Instance MakeInstance(Store store) => make(this, store);

    /// <summary>Address of the method of one of the module's own functions.</summary>
    internal nint CodeOf(int index)
    {
        if (code[index] == 0) code[index] = generated.Address(ModuleEmitter.MethodName(index));
        return code[index];
    }

    /// <summary>Address of the method that calls functions of that type with values.</summary>
    internal nint InvokerOf(FunctionType signature)
    {
        var number = generated.NumberOf(signature);
        if (invokers[number] == 0) invokers[number] = generated.Address(ModuleEmitter.InvokerName(number));
        return invokers[number];
    }

    /// <summary>Address of the method that guests call for a host function of that type.</summary>
    internal nint HostThunkOf(FunctionType signature)
    {
        var number = generated.NumberOf(signature);
        if (hostThunks[number] == 0) hostThunks[number] = generated.Address(ModuleEmitter.HostThunkName(number));
        return hostThunks[number];
    }

    /// <summary>Sets a private global of an instance.</summary>
    internal void SetGlobal(CompiledInstance instance, int index, Value value)
    {
        var field = globals[index] ??= generated.Field(ModuleEmitter.GlobalName(index));
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
}
