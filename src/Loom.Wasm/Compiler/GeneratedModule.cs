using System.Reflection;
using System.Runtime.CompilerServices;

namespace Loom.Wasm;

/// <summary>The classes of a module, with their methods at hand.</summary>
internal sealed class GeneratedModule
{
    private const BindingFlags Methods = BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly;

    private readonly Type type;
    private readonly Dictionary<string, MethodInfo> methods;
    private readonly Dictionary<FunctionType, int> signatures = [];

    /// <param name="type">The class of instances.</param>
    /// <param name="adapters">The class with the methods at the edge.</param>
    /// <param name="signatures">The function types that these methods are for, by number.</param>
    public GeneratedModule(Type type, Type adapters, FunctionType[] signatures)
    {
        this.type = type;
        methods = type.GetMethods(Methods).Concat(adapters.GetMethods(Methods)).ToDictionary(m => m.Name, StringComparer.Ordinal);
        for (var i = 0; i < signatures.Length; i++) this.signatures[signatures[i]] = i;
    }

    /// <summary>The number of a function type.</summary>
    public int NumberOf(FunctionType signature) => signatures[signature];

    /// <summary>Number of function types.</summary>
    public int Signatures => signatures.Count;

    /// <summary>Address of a method.</summary>
    public nint Address(string method) => methods[method].MethodHandle.GetFunctionPointer();

    /// <summary>The field of a private global.</summary>
    public FieldInfo Field(string name) => type.GetField(name)!;

    /// <summary>Has the platform compile all methods now.</summary>
    public void Prepare(CancellationToken cancellation)
    {
        foreach (var method in methods.Values)
        {
            cancellation.ThrowIfCancellationRequested();
            RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
    }
}
