namespace Loom.Wasm;

/// <summary>What a module must be to be a machine (ABI v1).</summary>
public static class MachineRules
{
    /// <summary>The function that a call runs.</summary>
    public const string Entry = "loom_main";

    /// <summary>The memory that host functions read and write.</summary>
    public const string Memory = "memory";

    private static readonly FunctionType EntryType = new([], []);

    /// <summary>Why a module is no machine, or null when it is one.</summary>
    public static MachineRefusal? Check(WasmModule module, ExecutionLimits limits) =>
        CheckImports(module) ?? CheckExports(module) ?? CheckSizes(module, limits) ?? CheckSegments(module);

    private static MachineRefusal? CheckImports(WasmModule module)
    {
        var function = 0;
        foreach (var import in module.Imports)
        {
            if (import.Kind != ExternalKind.Function || MachineImports.Find(import.Module, import.Name) is not { } offered)
            {
                return new MachineRefusal(
                    MachineRefusalKind.UnknownImport,
                    $"the module imports the {import.Kind.ToString().ToLowerInvariant()} {import.Module}.{import.Name}; machines are given nothing but "
                    + $"{string.Join(", ", MachineImports.Names)}: build it without what needs this import");
            }

            var type = module.Functions[function++];
            if (!type.Equals(offered.Type))
            {
                return new MachineRefusal(
                    MachineRefusalKind.ImportType, $"the module imports {import.Module}.{import.Name} as {type}; declare it as {offered.Type}");
            }
        }

        return null;
    }

    private static MachineRefusal? CheckExports(WasmModule module)
    {
        if (Find(module, Entry, ExternalKind.Function) is not { } entry || !module.Functions[entry.Index].Equals(EntryType))
        {
            return new MachineRefusal(MachineRefusalKind.NoEntry, $"the module does not export a function {Entry} of type {EntryType}: add it, it is what a call runs");
        }

        return Find(module, Memory, ExternalKind.Memory) is null
            ? new MachineRefusal(MachineRefusalKind.NoMemory, $"the module does not export its memory as '{Memory}': frames are passed through it")
            : null;
    }

    private static MachineRefusal? CheckSizes(WasmModule module, ExecutionLimits limits)
    {
        var most = module.Memories[0].Maximum ?? module.Memories[0].Minimum;
        if (most > limits.MemoryPages)
        {
            return new MachineRefusal(
                MachineRefusalKind.MemoryTooLarge,
                $"the module's memory may have {most} pages of 64 KiB, the limit is {limits.MemoryPages}: build it with a smaller maximum, or with none");
        }

        foreach (var table in module.Tables)
        {
            if (table.Limits.Minimum <= limits.TableElements) continue;
            return new MachineRefusal(MachineRefusalKind.TableTooLarge, $"a table of the module has {table.Limits.Minimum} elements, the limit is {limits.TableElements}");
        }

        return null;
    }

    // Machines import no globals, so that every offset is a constant, and a segment that does not fit never will.
    private static MachineRefusal? CheckSegments(WasmModule module)
    {
        for (var i = 0; i < module.Data.Length; i++)
        {
            var segment = module.Data[i];
            if (segment.Mode == SegmentMode.Active && (uint)segment.Offset.Bits + (ulong)segment.Bytes.Length > (ulong)module.Memories[0].Minimum * LinearMemory.PageSize)
            {
                return new MachineRefusal(MachineRefusalKind.SegmentOutOfBounds, $"data segment {i} reaches beyond the memory's {module.Memories[0].Minimum} pages: start with more");
            }
        }

        for (var i = 0; i < module.Elements.Length; i++)
        {
            var segment = module.Elements[i];
            if (segment.Mode == SegmentMode.Active && (uint)segment.Offset.Bits + (ulong)segment.Items.Length > module.Tables[segment.Table].Limits.Minimum)
            {
                return new MachineRefusal(MachineRefusalKind.SegmentOutOfBounds, $"element segment {i} reaches beyond table {segment.Table}: start with more elements");
            }
        }

        return null;
    }

    private static Export? Find(WasmModule module, string name, ExternalKind kind) =>
        module.Exports.FirstOrDefault(e => e.Kind == kind && e.Name == name);
}
