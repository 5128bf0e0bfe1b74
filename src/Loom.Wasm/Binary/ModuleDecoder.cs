namespace Loom.Wasm;

/// <summary>
/// Reads a module section by section (WebAssembly 2.0, 5.5) and checks as it goes whatever needs no function body: indices, limits,
/// constant expressions, names of exports.
/// </summary>
internal sealed partial class ModuleDecoder(ReadOnlyMemory<byte> module, ModuleLimits limits)
{
    private static readonly string[] SectionNames =
        ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count"];

    // Place of each section in the order of the format: data count (12) stands between element and code.
    private static readonly int[] Order = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10];

    private readonly List<CustomSection> customs = [];
    private readonly List<SectionInfo> sections = [];
    private readonly List<FunctionType> functions = [];
    private readonly List<TableType> tables = [];
    private readonly List<Limits> memories = [];
    private readonly List<GlobalType> globals = [];
    private readonly List<ConstantExpression> values = [];
    private FunctionType[] types = [];
    private Import[] imports = [];
    private Export[] exports = [];
    private ElementSegment[] elements = [];
    private DataSegment[] data = [];
    private FunctionBody[] bodies = [];
    private HashSet<int> declared = []; // functions that stand outside bodies, which ref.func may name
    private int importedFunctions;
    private int importedTables;
    private int importedMemories;
    private int importedGlobals;
    private int? start;
    private int? dataCount;

    /// <summary>Reads the whole module; function bodies are cut out but not looked into.</summary>
    public WasmModule Decode()
    {
        var reader = new ByteReader(module.Span, 0);
        ReadHeader(ref reader);
        var last = 0;
        while (reader.Left > 0) ReadSection(ref reader, ref last);

        if (bodies.Length != functions.Count - importedFunctions)
            throw reader.Malformed($"function and code section have inconsistent lengths: {functions.Count - importedFunctions} functions, {bodies.Length} bodies");
        if (dataCount is { } count && count != data.Length)
            throw reader.Malformed($"data count and data section have inconsistent lengths: {count} segments are announced, {data.Length} are there");

        return new WasmModule(module)
        {
            Limits = limits,
            Sections = sections,
            CustomSections = customs,
            Types = types,
            Imports = imports,
            Exports = exports,
            FunctionTypes = [.. functions],
            Tables = tables,
            Memories = memories,
            Globals = globals,
            GlobalValues = [.. values],
            ImportedFunctions = importedFunctions,
            ImportedTables = importedTables,
            ImportedMemories = importedMemories,
            ImportedGlobals = importedGlobals,
            Start = start,
            Elements = elements,
            Data = data,
            DataCount = dataCount,
            Bodies = bodies,
            DeclaredFunctions = declared,
        };
    }

    private static void ReadHeader(ref ByteReader reader)
    {
        if (reader.Left < 4) throw reader.Malformed("unexpected end: a module starts with 4 bytes of magic and 4 bytes of version");
        if (!reader.Take(4).SequenceEqual("\0asm"u8)) throw new InvalidModuleException(InvalidModuleKind.Malformed, 0, "magic header not detected");
        if (reader.Left < 4) throw reader.Malformed("unexpected end in the version");
        if (!reader.Take(4).SequenceEqual((ReadOnlySpan<byte>)[1, 0, 0, 0])) throw new InvalidModuleException(InvalidModuleKind.Malformed, 4, "unknown binary version, it must be 1");
    }

    private void ReadSection(ref ByteReader reader, ref int last)
    {
        var at = reader.Offset;
        var id = reader.Byte();
        if (id >= SectionNames.Length) throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"malformed section id {id}");
        var size = reader.Length($"the {SectionNames[id]} section");
        var offset = reader.Offset;
        var section = new ByteReader(reader.Take(size), offset);
        if (id == 0)
        {
            ReadCustom(ref section, offset, size);
            return;
        }

        if (Order[id] <= last) throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"unexpected content after last section: the {SectionNames[id]} section is out of order or there twice");
        last = Order[id];
        sections.Add(new SectionInfo(id, SectionNames[id], offset, size));
        ReadContent(id, ref section);
        if (section.Left > 0) throw section.Malformed($"section size mismatch: {section.Left} bytes follow the content of the {SectionNames[id]} section");
    }

    private void ReadContent(int id, ref ByteReader section)
    {
        switch (id)
        {
            case 1: ReadTypes(ref section); break;
            case 2: ReadImports(ref section); break;
            case 3: ReadFunctions(ref section); break;
            case 4: ReadTables(ref section); break;
            case 5: ReadMemories(ref section); break;
            case 6: ReadGlobals(ref section); break;
            case 7: ReadExports(ref section); break;
            case 8: start = StartFunction(ref section); break;
            case 9: ReadElements(ref section); break;
            case 10: ReadBodies(ref section); break;
            case 11: ReadData(ref section); break;
            default: ReadDataCount(ref section); break;
        }
    }

    private void ReadCustom(ref ByteReader section, int offset, int size)
    {
        if (customs.Count == limits.CustomSections) throw new InvalidModuleException(InvalidModuleKind.TooLarge, offset, $"more than {limits.CustomSections} custom sections");
        var name = section.Name("the name of a custom section", limits.NameBytes);
        customs.Add(new CustomSection(name, module.Slice(section.Offset, section.Left)));
        sections.Add(new SectionInfo(0, name, offset, size));
    }

    private static InvalidModuleException Unknown(string what, uint index, int at, int count) =>
        new(InvalidModuleKind.Invalid, at, $"unknown {what} {index}: the module has {count}");
}
