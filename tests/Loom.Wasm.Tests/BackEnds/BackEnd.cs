namespace Loom.Wasm.Tests.BackEnds;

/// <summary>One way of running modules, so that every test of behaviour runs on all of them.</summary>
public sealed record BackEnd(string Name, Func<WasmModule, ExecutableOptions, Executable> Make)
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, BackEnd> All { get; } = new[]
    {
        new BackEnd("interpreter", InterpretedModule.Make),
        new BackEnd("compiler", (module, options) => CompiledModule.Compile(module, options)),
    }.ToDictionary(b => b.Name);

    /// <summary>Their names, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Keys];
}
