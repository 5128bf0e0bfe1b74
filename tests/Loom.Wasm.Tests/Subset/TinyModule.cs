namespace Loom.Wasm.Tests.Subset;

/// <summary>Writes small modules in the binary format, entry by entry. It writes what it is told, sound or not.</summary>
internal sealed class TinyModule
{
    public const byte I32 = 0x7f;
    public const byte I64 = 0x7e;
    public const byte F32 = 0x7d;
    public const byte F64 = 0x7c;
    public const byte FuncRef = 0x70;
    public const byte ExternRef = 0x6f;

    private readonly SortedDictionary<int, List<byte[]>> _sections = [];
    private byte[]? _start;
    private byte[]? _dataCount;

    public TinyModule Type(byte[] parameters, byte[] results) => Add(1, [0x60, .. Vector(parameters), .. Vector(results)]);

    public TinyModule Import(string module, string name, byte kind, params byte[] type) => Add(2, [.. Name(module), .. Name(name), kind, .. type]);

    /// <summary>A function: its type, its locals (one of each given type), its instructions without the last <c>end</c>.</summary>
    public TinyModule Function(byte type, byte[] locals, params byte[] code)
    {
        return Body(type, [.. Number(locals.Length), .. locals.SelectMany(l => (byte[])[1, l]), .. code, 0x0b]);
    }

    /// <summary>A function whose body, locals included, is written by hand.</summary>
    public TinyModule Body(byte type, byte[] body) => Add(3, [type]).Add(10, [.. Number(body.Length), .. body]);

    public TinyModule Table(byte element, byte size) => Add(4, [element, 0, size]);

    public TinyModule Memory(int minimum, int? maximum = null) =>
        Add(5, [(byte)(maximum is null ? 0 : 1), .. Number(minimum), .. maximum is { } m ? Number(m) : []]);

    public TinyModule Global(byte type, params byte[] value) => Add(6, [type, 1, .. value, 0x0b]);

    public TinyModule Export(string name, byte kind, byte index) => Add(7, [.. Name(name), kind, index]);

    public TinyModule Start(byte function)
    {
        _start = [function];
        return this;
    }

    public TinyModule Element(params byte[] segment) => Add(9, segment);

    public TinyModule Data(params byte[] segment)
    {
        _dataCount = [(byte)((_dataCount?[0] ?? 0) + 1)];
        return Add(11, segment);
    }

    public WasmModule Load()
    {
        var bytes = new List<byte> { 0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0 };
        for (var id = 1; id <= 11; id++)
        {
            if (id == 10 && _dataCount is not null) Section(12, _dataCount);
            if (id == 8 && _start is not null) Section(8, _start);
            if (_sections.TryGetValue(id, out var entries)) Section(id, [.. Number(entries.Count), .. entries.SelectMany(e => e)]);
        }

        return WasmModule.Load(bytes.ToArray());

        void Section(int id, byte[] content) => bytes.AddRange([(byte)id, .. Number(content.Length), .. content]);
    }

    private TinyModule Add(int section, byte[] entry)
    {
        (_sections.TryGetValue(section, out var entries) ? entries : _sections[section] = []).Add(entry);
        return this;
    }

    private static byte[] Name(string name) => Vector(System.Text.Encoding.UTF8.GetBytes(name));

    private static byte[] Vector(byte[] bytes) => [.. Number(bytes.Length), .. bytes];

    private static byte[] Number(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
