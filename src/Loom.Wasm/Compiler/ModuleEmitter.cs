using System.Reflection;
using System.Reflection.Emit;

namespace Loom.Wasm;

/// <summary>
/// Writes a module as a class: a field for each private global and a static method for each function. A second class has for each function type
/// two methods that carry values across the edge of the engine. The assembly goes away with the last instance.
/// </summary>
internal sealed class ModuleEmitter
{
    private const string ClassName = "Module";
    private const string AdaptersName = "Adapters";

    // The runtime allows a class 65,535 methods.
    private const int MostFunctions = 65_000;

    private const long MostBytes = 16 * 1024 * 1024;
    private const int MostBytesPerByte = 16;

    private readonly TypeBuilder type;
    private readonly TypeBuilder adapters;
    private readonly MethodBuilder[] methods;
    private readonly FieldBuilder?[] globals;
    private long size;
    private int methodCount;

    private ModuleEmitter(WasmModule module, ExecutableOptions options)
    {
        CheckCount(methodCount = module.Bodies.Length);
        Module = module;
        Options = options;
        var name = "Loom.Wasm.Generated." + Convert.ToHexStringLower(module.Hash());
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(name), AssemblyBuilderAccess.RunAndCollect);
        var builder = assembly.DefineDynamicModule(name);
        assembly.SetCustomAttribute(AccessToInternals.Attribute(builder));
        type = builder.DefineType(ClassName, TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit, typeof(CompiledInstance));
        adapters = builder.DefineType(AdaptersName, TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Abstract);
        methods = new MethodBuilder[module.Bodies.Length];
        globals = new FieldBuilder?[module.Globals.Count];
    }

    public WasmModule Module { get; }

    public ExecutableOptions Options { get; }

    /// <summary>Name of the method that makes an instance.</summary>
    public const string MakerName = "make";

    /// <summary>Name of the method of a function.</summary>
    public static string MethodName(int index) => $"f{index}";

    /// <summary>Name of the method that calls functions of a type with values.</summary>
    public static string InvokerName(int type) => $"invoke{type}";

    /// <summary>Name of the method that calls host functions of a type.</summary>
    public static string HostThunkName(int type) => $"host{type}";

    /// <summary>Name of the field of a private global.</summary>
    public static string GlobalName(int index) => $"g{index}";

    /// <summary>Makes the classes of a module.</summary>
    public static GeneratedModule Emit(WasmModule module, ExecutableOptions options, CancellationToken cancellation)
    {
        var emitter = new ModuleEmitter(module, options);
        emitter.DefineConstructor();
        emitter.DefineGlobals();
        emitter.DefineMethods();
        for (var i = 0; i < emitter.methods.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            emitter.EmitFunction(i, module.Code(i));
        }

        var adapters = new AdapterEmitter(emitter.adapters);
        var done = new HashSet<FunctionType>();
        foreach (var signature in module.Types)
        {
            if (!done.Add(signature)) continue;
            adapters.EmitInvoker(InvokerName(done.Count - 1), signature);
            adapters.EmitHostThunk(HostThunkName(done.Count - 1), signature);
        }

        return new GeneratedModule(emitter.type.CreateType(), emitter.adapters.CreateType(), [.. done]);
    }

    /// <summary>The method of one of the module's own functions.</summary>
    public MethodInfo Method(int function) => methods[function - Module.ImportedFunctions];

    /// <summary>The field of a private global, or null for one that is shared through a <see cref="Global"/>.</summary>
    public FieldInfo? PrivateGlobal(int index) => globals[index];

    /// <summary>The value of a global that never changes and is known now, or null.</summary>
    public ConstantNode? ConstantOf(int index)
    {
        if (index < Module.ImportedGlobals || Module.Globals[index].Mutable) return null;
        var value = Module.GlobalValues[index - Module.ImportedGlobals];
        return value.Kind is ConstantKind.Number or ConstantKind.Null ? new ConstantNode(value.Type, value.Bits) : null;
    }

    private void DefineConstructor()
    {
        Type[] parameters = [typeof(CompiledModule), typeof(Store)];
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, parameters);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, typeof(CompiledInstance).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, parameters)!);
        il.Emit(OpCodes.Ret);

        // A second way in, faster than reflection: one call makes an instance.
        var make = type.DefineMethod(MakerName, MethodAttributes.Public | MethodAttributes.Static, typeof(CompiledInstance), parameters).GetILGenerator();
        make.Emit(OpCodes.Ldarg_0);
        make.Emit(OpCodes.Ldarg_1);
        make.Emit(OpCodes.Newobj, constructor);
        make.Emit(OpCodes.Ret);
    }

    private void DefineGlobals()
    {
        var exported = Module.Exports.Where(e => e.Kind == ExternalKind.Global).Select(e => e.Index).ToHashSet();
        for (var i = Module.ImportedGlobals; i < globals.Length; i++)
        {
            if (!exported.Contains(i)) globals[i] = type.DefineField(GlobalName(i), Convention.Of(Module.Globals[i].Value), FieldAttributes.Public);
        }
    }

    private void DefineMethods()
    {
        for (var i = 0; i < methods.Length; i++)
        {
            var function = Module.ImportedFunctions + i;
            methods[i] = DefineMethod(MethodName(function), Module.FunctionTypes[function]);
        }
    }

    private MethodBuilder DefineMethod(string name, FunctionType signature)
    {
        var method = type.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static, Convention.Result(signature), Convention.Parameters(signature, type));
        method.InitLocals = false;
        return method;
    }

    private static void CheckCount(int count)
    {
        if (count > MostFunctions) throw new NotSupportedException($"The module has {count} functions or more; the compiler takes at most {MostFunctions}. It can be interpreted.");
    }

    private void EmitFunction(int body, FunctionCode code)
    {
        var method = methods[body];
        if (NativeStack.RoomFor(code) is var room and > 0)
        {
            // Such a function is two methods.
            CheckCount(++methodCount);
            var entry = method;
            method = DefineMethod(entry.Name + "body", code.Type);
            method.SetImplementationFlags(MethodImplAttributes.NoInlining);
            LargeFunction.EmitEntry(entry.GetILGenerator(), code.Type, method, room);
        }

        var il = method.GetILGenerator();
        new FunctionEmitter(this, code, il).Emit();
        size += il.ILOffset;
        if (size > MostBytes + (MostBytesPerByte * (long)Module.Bytes.Length))
        {
            throw new NotSupportedException("The module grows too large when it is compiled: its branches carry too many operands. It can be interpreted.");
        }
    }
}
