namespace Loom.Wasm.Tests.Building;

/// <summary>Builds modules in the binary format, for tests. Checks nothing: what it builds may be wrong on purpose.</summary>
internal sealed class ModuleBuilder
{
    private readonly List<(ValueType[] Parameters, ValueType[] Results)> types = [];
    private readonly List<Action<ByteWriter>> imports = [];
    private readonly List<int> functions = [];
    private readonly List<byte[]> bodies = [];
    private readonly List<Action<ByteWriter>> tables = [];
    private readonly List<Action<ByteWriter>> memories = [];
    private readonly List<Action<ByteWriter>> globals = [];
    private readonly List<Action<ByteWriter>> exports = [];
    private readonly List<Action<ByteWriter>> elements = [];
    private readonly List<Action<ByteWriter>> data = [];
    private readonly List<(string Name, byte[] Bytes)> customs = [];

    /// <summary>Imported functions so far.</summary>
    public int ImportedFunctions { get; private set; }

    /// <summary>Functions so far, imported ones included.</summary>
    public int Functions => ImportedFunctions + functions.Count;

    public int? Start { get; set; }

    public static byte[] OneFunction(ValueType[] parameters, ValueType[] results, Action<ByteWriter> code, params ValueType[] locals)
    {
        var module = new ModuleBuilder();
        module.Export("f", ExternalKind.Function, module.Function(parameters, results, code, locals));
        return module.Build();
    }

    public int Type(ValueType[] parameters, ValueType[] results)
    {
        var known = types.FindIndex(t => t.Parameters.SequenceEqual(parameters) && t.Results.SequenceEqual(results));
        if (known >= 0) return known;
        types.Add((parameters, results));
        return types.Count - 1;
    }

    public void ImportFunction(string module, string name, ValueType[] parameters, ValueType[] results)
    {
        var type = Type(parameters, results);
        imports.Add(w => w.Name(module).Name(name).Byte(0).U32(type));
        ImportedFunctions++;
    }

    public void Import(string module, string name, ExternalKind kind, Action<ByteWriter> type) =>
        imports.Add(w => type(w.Name(module).Name(name).Byte((int)kind)));

    public int Function(ValueType[] parameters, ValueType[] results, Action<ByteWriter> code, params ValueType[] locals)
    {
        var index = Declare(parameters, results);
        Define(code, locals);
        return index;
    }

    /// <summary>Declares a function; <see cref="Define"/> gives the bodies in the same order.</summary>
    public int Declare(ValueType[] parameters, ValueType[] results)
    {
        functions.Add(Type(parameters, results));
        return Functions - 1;
    }

    public void Define(Action<ByteWriter> code, params ValueType[] locals)
    {
        var body = new ByteWriter().U32(locals.Length);
        foreach (var local in locals) body.U32(1).Byte((int)local);
        code(body);
        bodies.Add(body.End().ToArray());
    }

    /// <summary>Adds a body byte by byte, declarations of locals included.</summary>
    public void Body(byte[] body) => bodies.Add(body);

    public void Table(ValueType element, uint minimum, uint? maximum = null) => tables.Add(w => Limits(w.Byte((int)element), minimum, maximum));

    public void Memory(uint minimum, uint? maximum = null) => memories.Add(w => Limits(w, minimum, maximum));

    public void Global(ValueType type, bool mutable, Action<ByteWriter> value) => globals.Add(w =>
    {
        value(w.Byte((int)type).Byte(mutable ? 1 : 0));
        w.End();
    });

    public void Export(string name, ExternalKind kind, int index) => exports.Add(w => w.Name(name).Byte((int)kind).U32(index));

    /// <summary>An active segment of functions for table 0.</summary>
    public void Elements(int offset, params int[] items) => elements.Add(w =>
    {
        w.Byte(0).I32(offset).End().U32(items.Length);
        foreach (var item in items) w.U32(item);
    });

    public void PassiveElements(params int[] items) => Elements((byte)1, items);

    public void DeclaredElements(params int[] items) => Elements((byte)3, items);

    private void Elements(byte flags, int[] items) => elements.Add(w =>
    {
        w.Byte(flags).Byte(0).U32(items.Length);
        foreach (var item in items) w.U32(item);
    });

    public void Data(int offset, byte[] bytes) => data.Add(w => w.Byte(0).I32(offset).End().Sized(bytes));

    public void PassiveData(byte[] bytes) => data.Add(w => w.Byte(1).Sized(bytes));

    public void Custom(string name, byte[] bytes) => customs.Add((name, bytes));

    public byte[] Build()
    {
        var module = new ByteWriter().Bytes("\0asm"u8).Bits(1, 4);
        Vector(module, 1, [.. types.Select(t => (Action<ByteWriter>)(w =>
        {
            w.Byte(0x60).Sized([.. t.Parameters.Select(p => (byte)p)]).Sized([.. t.Results.Select(p => (byte)p)]);
        }))]);
        Vector(module, 2, imports);
        Vector(module, 3, [.. functions.Select(f => (Action<ByteWriter>)(w => w.U32(f)))]);
        Vector(module, 4, tables);
        Vector(module, 5, memories);
        Vector(module, 6, globals);
        Vector(module, 7, exports);
        if (Start is { } start) module.Section(8, new ByteWriter().U32(start));
        Vector(module, 9, elements);
        if (data.Count > 0) module.Section(12, new ByteWriter().U32(data.Count));
        Vector(module, 10, [.. bodies.Select(b => (Action<ByteWriter>)(w => w.Sized(b)))]);
        Vector(module, 11, data);
        foreach (var (name, bytes) in customs) module.Section(0, new ByteWriter().Name(name).Bytes(bytes));
        return module.ToArray();
    }

    private static void Limits(ByteWriter writer, uint minimum, uint? maximum)
    {
        writer.Byte(maximum is null ? 0 : 1).U32(minimum);
        if (maximum is { } most) writer.U32(most);
    }

    private static void Vector(ByteWriter module, int id, List<Action<ByteWriter>> items)
    {
        if (items.Count == 0) return;
        var content = new ByteWriter().U32(items.Count);
        foreach (var item in items) item(content);
        module.Section(id, content);
    }
}
