using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Makes random modules that are valid and come to an end. The same seed gives the same module.</summary>
internal sealed class ModuleGenerator
{
    public const int TableSize = 12;

    private static readonly ValueType[] Numbers = [ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64];

    private readonly ModuleBuilder module = new();
    private readonly List<string> calls = [];
    private readonly List<(int Function, ValueType[] Results)> exported = [];

    private ModuleGenerator(int seed, GeneratorOptions options)
    {
        Random = new Random(seed);
        Options = options;
    }

    public Random Random { get; }

    public GeneratorOptions Options { get; }

    /// <summary>Types of the functions that code may call; their indices are those of the module.</summary>
    public List<(ValueType[] Parameters, ValueType[] Results)> Functions { get; } = [];

    /// <summary>Globals; the first one is the budget and is touched by nothing but its guards.</summary>
    public List<(ValueType Type, bool Mutable)> Globals { get; } = [(ValueType.I32, true)];

    /// <summary>Whether the module has the table of external references (table 1).</summary>
    public bool HasExternTable { get; private set; }

    public static GeneratedModule Generate(int seed, GeneratorOptions? options = null)
    {
        var generator = new ModuleGenerator(seed, options ?? new GeneratorOptions());
        return new GeneratedModule(seed, generator.Build(), generator.calls);
    }

    public bool Chance(int percent) => Random.Next(100) < percent;

    public int Type(ValueType[] parameters, ValueType[] results) => module.Type(parameters, results);

    public ValueType AnyNumber() => Numbers[Random.Next(Options.Floats ? 4 : 2)];

    public ValueType AnyType() => Options.Provable ? AnyNumber() : Random.Next(12) switch
    {
        0 => ValueType.FuncRef,
        1 => ValueType.ExternRef,
        _ => AnyNumber(),
    };

    public ValueType[] SomeTypes(int most) => [.. Enumerable.Range(0, Random.Next(most + 1)).Select(_ => AnyType())];

    public int Global(ValueType type, bool write)
    {
        var fitting = Enumerable.Range(1, Globals.Count - 1).Where(i => Globals[i].Type == type && (!write || Globals[i].Mutable)).ToList();
        return fitting.Count == 0 ? -1 : fitting[Random.Next(fitting.Count)];
    }

    private byte[] Build()
    {
        foreach (var (name, parameters, results, _) in Options.HostFunctions ? FuzzHost.Functions : [])
        {
            module.ImportFunction("env", name, parameters, results);
            Functions.Add((parameters, results));
        }

        module.Memory(1, 3);
        module.Table(ValueType.FuncRef, TableSize, 20);
        HasExternTable = !Options.Provable && Chance(50);
        if (HasExternTable) module.Table(ValueType.ExternRef, 5, 9);
        AddGlobals();
        for (var i = Random.Next(2, 7); i > 0; i--) Functions.Add((SomeTypes(4), Chance(70) ? [AnyType()] : SomeTypes(3)));
        foreach (var (parameters, results) in Functions[module.ImportedFunctions..]) module.Declare(parameters, results);
        AddSegments();
        for (var i = module.ImportedFunctions; i < Functions.Count; i++)
        {
            var (parameters, results) = Functions[i];
            var locals = SomeTypes(Chance(10) ? 40 : 8);
            module.Define(w => new FunctionGenerator(this, w, parameters, locals, results).Body(), [.. locals, .. Options.Provable ? [] : FunctionGenerator.Scratch]);
        }

        for (var i = 0; i < Functions.Count; i++)
        {
            for (var j = Random.Next(1, 4); j > 0; j--) AddCall(i);
        }

        AddDigest();
        if (Options.Provable) AddEntry();
        return module.Build();
    }

    private void AddGlobals()
    {
        module.Global(ValueType.I32, true, w => w.I32(0));
        for (var i = Random.Next(8); i > 0; i--)
        {
            var type = AnyType();
            var mutable = Chance(80);
            Globals.Add((type, mutable));
            module.Global(type, mutable, w => Constants.Write(w, Random, type));
        }
    }

    private void AddSegments()
    {
        var all = Enumerable.Range(0, Functions.Count).ToArray();
        module.Elements(Random.Next(3), [.. Enumerable.Range(0, 8).Select(_ => Random.Next(all.Length))]);
        if (!Options.Provable)
        {
            module.PassiveElements([.. Enumerable.Range(0, 4).Select(_ => Random.Next(all.Length))]);
            module.DeclaredElements(all);
        }

        var bytes = new byte[Random.Next(64)];
        Random.NextBytes(bytes);
        module.Data(Random.Next(1_000), bytes);
        if (!Options.Provable) module.PassiveData([.. bytes.Reverse()]);
    }

    /// <summary>An exported function that fills the budget, calls a function with constants and makes integers of its results.</summary>
    private void AddCall(int function)
    {
        var (parameters, results) = Functions[function];
        var integers = results.Select(Constants.Integer).ToArray();
        var index = module.Function([], integers, w =>
        {
            w.I32(Options.Budget).Op(Opcode.GlobalSet, 0);
            foreach (var parameter in parameters) Constants.Write(w, Random, parameter);
            w.Op(Opcode.Call, function);
            for (var i = results.Length - 1; i >= 0; i--) w.Op(Opcode.LocalSet, i);
            for (var i = 0; i < results.Length; i++) Constants.ToInteger(w.Op(Opcode.LocalGet, i), results[i]);
        }, results);
        Export(index, integers);
    }

    /// <summary>An exported function that mixes the whole memory and all globals into one number.</summary>
    private void AddDigest() => Export(module.Function([], [ValueType.I64], w =>
    {
        w.Op(Opcode.MemorySize).Byte(0).I32(16).Op(Opcode.I32Shl).Op(Opcode.LocalSet, 0);
        w.Loop();
        Mix(w, () => w.Op(Opcode.LocalGet, 0).I32(8).Op(Opcode.I32Sub).Op(Opcode.LocalTee, 0).Op(Opcode.I64Load, 3, 0));
        w.Op(Opcode.LocalGet, 0).Op(Opcode.BrIf, 0).End();
        for (var i = 1; i < Globals.Count; i++)
        {
            var (index, type) = (i, Globals[i].Type);
            Mix(w, () =>
            {
                Constants.ToInteger(w.Op(Opcode.GlobalGet, index), type);
                if (Constants.Integer(type) == ValueType.I32) w.Op(Opcode.I64ExtendI32U);
            });
        }

        if (!Options.Provable) Mix(w, () => w.Op(Opcode.TableSize, 0).Op(Opcode.I64ExtendI32U));
        w.Op(Opcode.LocalGet, 1);
    }, ValueType.I32, ValueType.I64), [ValueType.I64]);

    /// <summary>The entry of a machine: all calls in order; what they give is left in memory.</summary>
    private void AddEntry()
    {
        const int results = 60_000;
        var made = exported.ToArray();
        module.Export("memory", ExternalKind.Memory, 0);
        module.Export(MachineRules.Entry, ExternalKind.Function, module.Function([], [], w =>
        {
            var address = results;
            foreach (var (function, types) in made)
            {
                w.Op(Opcode.Call, function);
                foreach (var type in types.Reverse())
                {
                    var (local, store) = type == ValueType.I32 ? (0, Opcode.I32Store) : (1, Opcode.I64Store);
                    w.Op(Opcode.LocalSet, local).I32(address).Op(Opcode.LocalGet, local).Op(store, 0, 0);
                    address += 8;
                }
            }
        }, ValueType.I32, ValueType.I64));
    }

    private static void Mix(ByteWriter w, Action value)
    {
        w.Op(Opcode.LocalGet, 1);
        value();
        w.Op(Opcode.I64Xor).I64(0x100000001b3).Op(Opcode.I64Mul).I64(29).Op(Opcode.I64Rotl).Op(Opcode.LocalSet, 1);
    }

    private void Export(int function, ValueType[] results)
    {
        exported.Add((function, results));
        var name = $"c{calls.Count}";
        calls.Add(name);
        module.Export(name, ExternalKind.Function, function);
    }
}
