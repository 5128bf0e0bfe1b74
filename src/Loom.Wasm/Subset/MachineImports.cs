namespace Loom.Wasm;

/// <summary>The imports of the machine interface (ABI v1), and nothing else.</summary>
internal static class MachineImports
{
    private static readonly Dictionary<(string Module, string Name), FunctionType> Known = new()
    {
        [("loom", "input_size")] = Takes(0, gives: 1),
        [("loom", "input_read")] = Takes(3),
        [("loom", "output")] = Takes(2),
        [("loom", "abort")] = Takes(1),
        [("loom", "sha256")] = Takes(3),
        [("env", "abort")] = Takes(4),
    };

    public static void Check(WasmModule module, List<SubsetFinding> findings)
    {
        var function = 0;
        foreach (var import in module.Imports)
        {
            int? index = import.Kind == ExternalKind.Function ? function++ : null;
            if (index is null || !Known.TryGetValue((import.Module, import.Name), out var type))
            {
                findings.Add(new(SubsetRule.UnknownImport, index, null, $"the {import.Kind.ToString().ToLowerInvariant()} {import.Module}.{import.Name} is imported, which machines are not given"));
            }
            else if (!module.FunctionTypes[index.Value].Equals(type))
            {
                findings.Add(new(SubsetRule.UnknownImport, index, null, $"{import.Module}.{import.Name} is imported as {module.FunctionTypes[index.Value]}; it is {type}"));
            }
        }
    }

    private static FunctionType Takes(int parameters, int gives = 0) =>
        new(Enumerable.Repeat(ValueType.I32, parameters).ToArray(), Enumerable.Repeat(ValueType.I32, gives).ToArray());
}
