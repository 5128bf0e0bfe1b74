namespace Loom.Wasm;

/// <summary>The names of the custom section <c>name</c> (WebAssembly 2.0, 7.4.1). They mean nothing to the engine: a damaged section is read as far as it goes.</summary>
internal sealed record NameSection(string? Module, IReadOnlyDictionary<int, string> Functions)
{
    private const int MostBytes = 1_000;

    public static NameSection Read(WasmModule module)
    {
        string? name = null;
        var functions = new Dictionary<int, string>();
        foreach (var section in module.CustomSections)
        {
            if (section.Name != "name") continue;
            try
            {
                ReadParts(new ByteReader(section.Bytes.Span, 0), module.FunctionTypes.Length, ref name, functions);
            }
            catch (InvalidModuleException)
            {
                // What was read before the damage stays.
            }
        }

        return new NameSection(name, functions);
    }

    private static void ReadParts(ByteReader reader, int count, ref string? name, Dictionary<int, string> functions)
    {
        while (reader.Left > 0)
        {
            var id = reader.Byte();
            var part = new ByteReader(reader.Take(reader.Length("a part of the names")), 0);
            if (id == 0) name ??= part.Name("the module's name", MostBytes);
            if (id == 1) ReadFunctions(ref part, count, functions);
        }
    }

    private static void ReadFunctions(ref ByteReader part, int count, Dictionary<int, string> functions)
    {
        for (var left = part.U32(); left > 0; left--)
        {
            var index = part.U32();
            var name = part.Name("a function's name", MostBytes);
            if (index < (uint)count) functions.TryAdd((int)index, name);
        }
    }
}
