namespace Loom.Wasm;

/// <summary>A module does not fit what it was given: an import is missing or of another type, or a limit forbids its memory or table.</summary>
public sealed class LinkException(string message) : Exception(message);

/// <summary>What the host offers to modules, by module name and name. Nothing is offered that was not added.</summary>
public sealed class Imports
{
    private readonly Dictionary<(string Module, string Name), object> offered = [];

    /// <summary>Offers nothing.</summary>
    public static Imports None { get; } = new();

    /// <summary>Offers a function of the host's.</summary>
    public Imports Add(string module, string name, HostFunction function) => Offer(module, name, function);

    /// <summary>Offers a function of another instance's.</summary>
    public Imports Add(string module, string name, Function function) => Offer(module, name, function);

    /// <summary>Offers a table.</summary>
    public Imports Add(string module, string name, Table table) => Offer(module, name, table);

    /// <summary>Offers a memory.</summary>
    public Imports Add(string module, string name, LinearMemory memory) => Offer(module, name, memory);

    /// <summary>Offers a global variable.</summary>
    public Imports Add(string module, string name, Global global) => Offer(module, name, global);

    /// <summary>Offers everything that an instance exports, under a module name.</summary>
    public Imports AddExports(string module, Instance instance)
    {
        foreach (var export in instance.Module.Exports) Offer(module, export.Name, instance.Exported(export));
        return this;
    }

    private Imports Offer(string module, string name, object what)
    {
        offered[(module, name)] = what;
        return this;
    }

    internal object Find(Import import) =>
        offered.TryGetValue((import.Module, import.Name), out var what)
            ? what
            : throw new LinkException($"unknown import: {import.Module}.{import.Name} ({import.Kind.ToString().ToLowerInvariant()}) is not offered to this module");
}
