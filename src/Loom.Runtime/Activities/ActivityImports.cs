using Loom.Wasm;
using ValueType = Loom.Wasm.ValueType;

namespace Loom.Runtime;

/// <summary>The host functions of activities: those of machines but for their hash, and what was granted.</summary>
internal static class ActivityImports
{
    private const ValueType I32 = ValueType.I32;

    private static readonly Dictionary<(string, string), (FunctionType Type, ActivityCapabilities Needs)> Offered = new()
    {
        [("loom", "input_size")] = (new FunctionType([], [I32]), ActivityCapabilities.None),
        [("loom", "input_read")] = (new FunctionType([I32, I32, I32], []), ActivityCapabilities.None),
        [("loom", "output")] = (new FunctionType([I32, I32], []), ActivityCapabilities.None),
        [("loom", "abort")] = (new FunctionType([I32], []), ActivityCapabilities.None),
        [("env", "abort")] = (new FunctionType([I32, I32, I32, I32], []), ActivityCapabilities.None),
        [("loom", "log")] = (new FunctionType([I32, I32], []), ActivityCapabilities.Log),
        [("loom", "read_blob")] = (new FunctionType([I32, I32, I32], [I32]), ActivityCapabilities.ReadBlob),
        [("loom", "now")] = (new FunctionType([], [ValueType.I64]), ActivityCapabilities.Clock),
        [("loom", "random")] = (new FunctionType([I32, I32], []), ActivityCapabilities.Random),
    };

    /// <summary>The type of a function that a module with these grants may import; null for any other.</summary>
    public static FunctionType? TypeOf(string module, string name, ActivityCapabilities grants) =>
        Offered.TryGetValue((module, name), out var offer) && (grants & offer.Needs) == offer.Needs ? offer.Type : null;

    /// <summary>The functions for one run.</summary>
    public static Imports Of(ActivityRun run, ActivityCapabilities grants)
    {
        var imports = new Imports();
        foreach (var ((module, name), (type, needs)) in Offered)
        {
            if ((grants & needs) == needs)
            {
                imports.Add(module, name, new HostFunction(type, (caller, arguments, results) => run.Call(name, module, caller, arguments, results)));
            }
        }

        return imports;
    }
}
