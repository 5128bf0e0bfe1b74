namespace Loom.Wasm;

/// <summary>Finds imports that machines are not given.</summary>
internal static class SubsetImports
{
    public static void Check(WasmModule module, List<SubsetFinding> findings)
    {
        var function = 0;
        foreach (var import in module.Imports)
        {
            int? index = import.Kind == ExternalKind.Function ? function++ : null;
            if (index is null || MachineImports.Find(import.Module, import.Name) is not { } offered)
            {
                findings.Add(new(SubsetRule.UnknownImport, index, null, $"the {import.Kind.ToString().ToLowerInvariant()} {import.Module}.{import.Name} is imported, which machines are not given"));
            }
            else if (!module.FunctionTypes[index.Value].Equals(offered.Type))
            {
                findings.Add(new(SubsetRule.UnknownImport, index, null, $"{import.Module}.{import.Name} is imported as {module.FunctionTypes[index.Value]}; it is {offered.Type}"));
            }
        }
    }
}
