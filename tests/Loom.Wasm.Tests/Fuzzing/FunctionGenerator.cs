using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Writes the body of one function: statements leave the stack as they find it, expressions put one value on it.</summary>
internal sealed partial class FunctionGenerator
{
    /// <summary>Locals of the generator's own, after those of the function: room for a NaN that is looked at.</summary>
    public static readonly ValueType[] Scratch = [ValueType.F32, ValueType.F64];

    private const int MostDepth = 6;

    private readonly ModuleGenerator module;
    private readonly ByteWriter w;
    private readonly ValueType[] locals;
    private readonly ValueType[] results;
    private readonly List<(ValueType[] Carried, bool IsLoop)> labels = [];
    private int nodes;

    public FunctionGenerator(ModuleGenerator module, ByteWriter writer, ValueType[] parameters, ValueType[] locals, ValueType[] results)
    {
        this.module = module;
        w = writer;
        this.locals = [.. parameters, .. locals];
        this.results = results;
        nodes = module.Random.Next(20, 250);
    }

    private Random Random => module.Random;

    public void Body()
    {
        labels.Add((results, false));
        Guard();
        Statements(0);
        Values(results, 0);
        labels.RemoveAt(labels.Count - 1);
    }

    /// <summary>Takes one from the budget; returns at once when it is used up. Stands in every function and loop.</summary>
    private void Guard()
    {
        w.Op(Opcode.GlobalGet, 0).Op(Opcode.I32Eqz).If();
        foreach (var result in results) Constants.Write(w, Random, result);
        w.Op(Opcode.Return).End();
        w.Op(Opcode.GlobalGet, 0).I32(1).Op(Opcode.I32Sub).Op(Opcode.GlobalSet, 0);
    }

    private void Statements(int depth)
    {
        for (var i = Random.Next(1, depth == 0 ? 8 : 4); i > 0 && nodes > 0; i--) Statement(depth);
    }

    private void Statement(int depth)
    {
        nodes--;
        if (depth >= MostDepth || nodes <= 0)
        {
            w.Op(Opcode.Nop);
            return;
        }

        switch (Random.Next(20))
        {
            case 0 or 1 or 2: SetLocal(depth); break;
            case 3: SetGlobal(depth); break;
            case 4 or 5: Store(depth); break;
            case 6 or 7: Structure(depth); break;
            case 8 or 9: Conditional(depth); break;
            case 10: Loop(depth); break;
            case 11 or 12: Call(depth); break;
            case 13: BranchIf(depth); break;
            case 14: Leave(depth); break;
            case 15: Tables(depth); break;
            case 16: Bulk(depth); break;
            case 17: BranchTable(depth); break;
            case 18: Switch(depth); break;
            default:
                Value(module.AnyType(), depth + 1);
                w.Op(Opcode.Drop);
                break;
        }
    }

    private void SetLocal(int depth)
    {
        if (locals.Length == 0) return;
        var index = Random.Next(locals.Length);
        Value(locals[index], depth + 1);
        w.Op(Opcode.LocalSet, index);
    }

    private void SetGlobal(int depth)
    {
        var type = module.AnyType();
        var index = module.Global(type, write: true);
        if (index < 0) return;
        Value(type, depth + 1);
        w.Op(Opcode.GlobalSet, index);
    }

    private void Store(int depth)
    {
        var store = OperatorsByResult.Stores[Random.Next(OperatorsByResult.Stores.Length)];
        if (!module.Options.Floats && OperatorsByResult.UsesFloats(store)) return;
        Address(depth);
        Value(Operators.SignatureOf(store).Second, depth + 1);
        Access(store);
    }

    /// <summary>An address that mostly lies within the memory.</summary>
    private void Address(int depth)
    {
        Value(ValueType.I32, depth + 1);
        if (!module.Chance(1)) w.I32(module.Chance(50) ? 0xff : 0xfff8).Op(Opcode.I32And);
    }

    private void Access(Opcode access)
    {
        w.Op(access).U32(Random.Next(Operators.WidthOf(access) + 1));
        w.U32(Random.Next(300) switch { 0 => uint.MaxValue, 1 => 65_536, < 150 => 0, _ => (uint)Random.Next(256) });
    }

    /// <summary>Puts values of these types on the stack.</summary>
    private void Values(ValueType[] types, int depth)
    {
        foreach (var type in types) Value(type, depth + 1);
    }

    /// <summary>Takes values of these types off the stack again, into locals where there are some.</summary>
    private void Discard(ValueType[] types)
    {
        for (var i = types.Length - 1; i >= 0; i--)
        {
            var local = Array.IndexOf(locals, types[i]);
            if (local >= 0 && module.Chance(70)) w.Op(Opcode.LocalSet, local);
            else w.Op(Opcode.Drop);
        }
    }
}
