using System.Text;
using System.Text.Json.Nodes;

namespace Loom.Testing;

/// <summary>A module with its manifest: one of the repository's samples, or one made by a test.</summary>
/// <param name="Wasm">The module.</param>
/// <param name="Manifest">Its manifest.</param>
public sealed record SampleModule(byte[] Wasm, byte[] Manifest)
{
    /// <summary>The folder with the pinned modules.</summary>
    public static string Folder { get; } = Path.Combine(TestData.Root, "samples", "modules");

    /// <summary>A pinned sample, for example <c>counter</c>.</summary>
    public static SampleModule Of(string name) =>
        new(File.ReadAllBytes(Path.Combine(Folder, $"{name}.wasm")), File.ReadAllBytes(Path.Combine(Folder, $"{name}.module.json")));

    /// <summary>A module of a test, for an actor type of its own.</summary>
    public static SampleModule Make(byte[] wasm, string name = "tiny", int version = 1, string actorType = "tiny", string events = "[\"happened.v1\"]", string more = "") =>
        new(wasm, Encoding.UTF8.GetBytes($$"""{"abi":1,"name":"{{name}}","version":{{version}},"actorType":"{{actorType}}","events":{{events}},"commands":[]{{more}}}"""));

    /// <summary>The same with another manifest.</summary>
    public SampleModule With(Action<JsonObject> change)
    {
        var manifest = JsonNode.Parse(Manifest)!.AsObject();
        change(manifest);
        return this with { Manifest = Encoding.UTF8.GetBytes(manifest.ToJsonString()) };
    }
}
