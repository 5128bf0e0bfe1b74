namespace Loom.Wasm;

/// <summary>Types, and the sections that are made of types: imports, functions, tables, memories.</summary>
internal sealed partial class ModuleDecoder
{
    private void ReadTypes(ref ByteReader section)
    {
        types = new FunctionType[section.Count("types", limits.Types, 3)];
        var known = new Dictionary<FunctionType, FunctionType>();
        Span<ValueType> parameters = new ValueType[Math.Min(section.Left, Math.Max(limits.Parameters, limits.Results))];
        Span<ValueType> results = new ValueType[parameters.Length];
        for (var i = 0; i < types.Length; i++)
        {
            if (section.Byte() != 0x60) throw section.Malformed($"malformed type {i}: a function type starts with 0x60");
            var type = new FunctionType(
                parameters[..ReadTypeList(ref section, parameters, "parameters", limits.Parameters)],
                results[..ReadTypeList(ref section, results, "results", limits.Results)]);
            if (known.TryGetValue(type, out var same)) type = same;
            else known.Add(type, type);
            types[i] = type;
        }
    }

    private static int ReadTypeList(ref ByteReader section, Span<ValueType> into, string what, int limit)
    {
        var count = section.Count(what, limit);
        for (var i = 0; i < count; i++) into[i] = ReadValueType(ref section);
        return count;
    }

    internal static ValueType ReadValueType(ref ByteReader reader)
    {
        var at = reader.Offset;
        var type = (ValueType)reader.Byte();
        return IsValueType(type) ? type : throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"malformed value type 0x{(byte)type:x2}{(type == Vector ? ": vectors (SIMD) are not supported, build the module without them" : "")}");
    }

    private const ValueType Vector = (ValueType)0x7b;

    internal static bool IsValueType(ValueType type) => type is (>= ValueType.F64 and <= ValueType.I32) or ValueType.FuncRef or ValueType.ExternRef;

    internal static ValueType ReadReferenceType(ref ByteReader reader)
    {
        var at = reader.Offset;
        var type = (ValueType)reader.Byte();
        return type is ValueType.FuncRef or ValueType.ExternRef
            ? type
            : throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"malformed reference type 0x{(byte)type:x2}");
    }

    private void ReadImports(ref ByteReader section)
    {
        imports = new Import[section.Count("imports", limits.Imports, 4)];
        for (var i = 0; i < imports.Length; i++)
        {
            var from = section.Name("the module name of an import", limits.NameBytes);
            var name = section.Name("the name of an import", limits.NameBytes);
            var at = section.Offset;
            var kind = (ExternalKind)section.Byte();
            switch (kind)
            {
                case ExternalKind.Function: functions.Add(ReadTypeIndex(ref section)); break;
                case ExternalKind.Table: AddTable(ref section); break;
                case ExternalKind.Memory: AddMemory(ref section); break;
                case ExternalKind.Global: globals.Add(ReadGlobalType(ref section)); break;
                default: throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"malformed import kind {(byte)kind} of {from}.{name}");
            }

            imports[i] = new Import(from, name, kind);
        }

        if (functions.Count > limits.Functions || globals.Count > limits.Globals)
            throw new InvalidModuleException(InvalidModuleKind.TooLarge, section.Offset, $"{functions.Count} imported functions and {globals.Count} imported globals, the limits are {limits.Functions} and {limits.Globals}");

        importedFunctions = functions.Count;
        importedTables = tables.Count;
        importedMemories = memories.Count;
        importedGlobals = globals.Count;
    }

    private FunctionType ReadTypeIndex(ref ByteReader section)
    {
        var at = section.Offset;
        var index = section.U32();
        return index < (uint)types.Length ? types[index] : throw Unknown("type", index, at, types.Length);
    }

    private void ReadFunctions(ref ByteReader section)
    {
        var count = section.Count("functions", limits.Functions - functions.Count);
        functions.Capacity = functions.Count + count;
        for (var i = 0; i < count; i++) functions.Add(ReadTypeIndex(ref section));
    }

    private void ReadTables(ref ByteReader section)
    {
        var count = section.Count("tables", limits.Tables, 3);
        for (var i = 0; i < count; i++) AddTable(ref section);
    }

    private void AddTable(ref ByteReader section)
    {
        var at = section.Offset;
        var element = ReadReferenceType(ref section);
        var size = ReadLimits(ref section, "table", uint.MaxValue);
        if (tables.Count >= limits.Tables) throw new InvalidModuleException(InvalidModuleKind.TooLarge, at, $"more than {limits.Tables} tables");
        if (size.Minimum > limits.TableElements) throw new InvalidModuleException(InvalidModuleKind.TooLarge, at, $"table {tables.Count} starts with {size.Minimum} elements, the limit is {limits.TableElements}");
        tables.Add(new TableType(element, size));
    }

    private void ReadMemories(ref ByteReader section)
    {
        var count = section.Count("memories", int.MaxValue, 2);
        for (var i = 0; i < count; i++) AddMemory(ref section);
    }

    private void AddMemory(ref ByteReader section)
    {
        var at = section.Offset;
        var size = ReadLimits(ref section, "memory", LinearMemory.MaxPages);
        if (memories.Count > 0) throw new InvalidModuleException(InvalidModuleKind.Invalid, at, "multiple memories: a module has at most one");
        if (size.Minimum > limits.MemoryPages) throw new InvalidModuleException(InvalidModuleKind.TooLarge, at, $"the memory starts with {size.Minimum} pages, the limit is {limits.MemoryPages}");
        memories.Add(size);
    }

    private static Limits ReadLimits(ref ByteReader section, string what, uint most)
    {
        var at = section.Offset;
        var flag = section.Byte();
        if (flag > 1) throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"malformed limits of a {what}: flag 0x{flag:x2}");
        var minimum = section.U32();
        uint? maximum = flag == 1 ? section.U32() : null;
        if (minimum > most || maximum > most) throw new InvalidModuleException(InvalidModuleKind.Invalid, at, $"{what} size must be at most {most}{(most == LinearMemory.MaxPages ? " pages (4GiB)" : "")}");
        if (minimum > maximum) throw new InvalidModuleException(InvalidModuleKind.Invalid, at, $"size minimum must not be greater than maximum: {minimum} and {maximum} of a {what}");
        return new Limits(minimum, maximum);
    }

    private static GlobalType ReadGlobalType(ref ByteReader section)
    {
        var type = ReadValueType(ref section);
        var at = section.Offset;
        var mutable = section.Byte();
        return mutable <= 1
            ? new GlobalType(type, mutable == 1)
            : throw new InvalidModuleException(InvalidModuleKind.Malformed, at, $"malformed mutability 0x{mutable:x2}");
    }
}
