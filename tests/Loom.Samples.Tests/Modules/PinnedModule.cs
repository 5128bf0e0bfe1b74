using System.Text.Json;
using Loom.Testing;
using Loom.Wasm;

namespace Loom.Samples.Tests.Modules;

/// <summary>A module of <c>samples/modules</c> with what stands beside it.</summary>
internal sealed class PinnedModule
{
    private readonly Lazy<ModuleMachine> _machine;

    private PinnedModule(string name, JsonElement locked)
    {
        (Name, Locked) = (name, locked);
        _machine = new(() => new ModuleMachine(CompiledModule.Compile(WasmModule.Load(Bytes), new ExecutableOptions())));
        Manifest = Json(name + ".module.json");
    }

    public static string Folder { get; } = Path.Combine(TestData.Root, "samples", "modules");

    public static IReadOnlyList<PinnedModule> All { get; } =
    [
        .. Json(Path.Combine("..", "modules.lock.json")).GetProperty("modules").EnumerateArray()
            .Select(m => new PinnedModule(m.GetProperty("name").GetString()!, m)),
    ];

    public string Name { get; }

    /// <summary>Its entry in <c>samples/modules.lock.json</c>.</summary>
    public JsonElement Locked { get; }

    public JsonElement Manifest { get; }

    public byte[] Bytes => File.ReadAllBytes(Path.Combine(Folder, Name + ".wasm"));

    public Vectors Vectors => Vectors.Read(Json(Manifest.GetProperty("vectors").GetString()!));

    public static PinnedModule Of(string name) => All.Single(m => m.Name == name);

    public static TheoryData<string> Names() => [.. All.Select(m => m.Name)];

    /// <summary>The module as a machine, compiled once.</summary>
    public ModuleMachine Machine => _machine.Value;

    private static JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file))).RootElement;
}
