namespace Loom.E2E.Started;

/// <summary>The modules of <c>samples/modules</c>.</summary>
public static class SampleModules
{
    private static readonly string Folder = Path.Combine(Loom.Testing.TestData.Root, "samples", "modules");

    public static string Wasm(string name) => Path.Combine(Folder, name + ".wasm");

    public static string Manifest(string name) => Path.Combine(Folder, name + ".module.json");
}
