using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Expressions.</summary>
internal sealed partial class FunctionGenerator
{
    private void Value(ValueType type, int depth)
    {
        nodes--;
        if (depth >= MostDepth || nodes <= 0 || module.Chance(20)) Leaf(type);
        else if (type is ValueType.FuncRef or ValueType.ExternRef) Reference(type, depth);
        else Number(type, depth);
    }

    private void Leaf(ValueType type)
    {
        var fitting = Enumerable.Range(0, locals.Length).Where(i => locals[i] == type).ToList();
        if (fitting.Count > 0 && module.Chance(60)) w.Op(Opcode.LocalGet, fitting[Random.Next(fitting.Count)]);
        else if (module.Chance(30) && module.Global(type, write: false) is var global and >= 0) w.Op(Opcode.GlobalGet, global);
        else if (type == ValueType.FuncRef && module.Chance(60)) w.Op(Opcode.RefFunc, Random.Next(module.Functions.Count));
        else Constants.Write(w, Random, type);
    }

    private void Reference(ValueType type, int depth)
    {
        switch (Random.Next(6))
        {
            case 0 or 1 when type == ValueType.FuncRef || module.HasExternTable:
                Element(depth);
                w.Op(Opcode.TableGet, TableOf(type));
                break;
            case 2:
                TypedSelect(type, depth);
                break;
            case 3:
                Arms(type, depth);
                break;
            case 4 when CallFor(type, depth): break;
            default: Leaf(type); break;
        }
    }

    private void Number(ValueType type, int depth)
    {
        switch (Random.Next(20))
        {
            case <= 9: Operator(type, depth); break;
            case 10 or 11: Load(type, depth); break;
            case 12 or 13: Arms(type, depth); break;
            case 14: Block(type, depth); break;
            case 15 when module.Chance(50): TypedSelect(type, depth); break;
            case 15:
                Value(type, depth + 1);
                Value(type, depth + 1);
                Value(ValueType.I32, depth + 1);
                w.Op(Opcode.Select);
                break;
            case 16 or 17 when CallFor(type, depth): break;
            case 18 when Array.IndexOf(locals, type) is var local and >= 0:
                Value(type, depth + 1);
                w.Op(Opcode.LocalTee, local);
                break;
            case 19 when type == ValueType.I32: Sizes(depth); break;
            default: Operator(type, depth); break;
        }
    }

    private void Operator(ValueType type, int depth)
    {
        var all = OperatorsByResult.All[type];
        var opcode = all[Random.Next(all.Length)];
        if ((!module.Options.Floats && OperatorsByResult.UsesFloats(opcode)) || (OperatorsByResult.IsTruncation(opcode) && module.Chance(95)))
        {
            Leaf(type);
            return;
        }

        var signature = Operators.SignatureOf(opcode);
        Value(signature.First, depth + 1);
        if (signature.Second != 0)
        {
            Value(signature.Second, depth + 1);
            if (OperatorsByResult.IsDivision(opcode) && module.Chance(97)) NotZero(signature.Second);
        }

        w.Op(opcode);
        if (module.Options.PlainNaN && OperatorsByResult.MayGiveNaN(opcode)) Plain(type);
    }

    private void NotZero(ValueType type)
    {
        if (type == ValueType.I32) w.I32(1).Op(Opcode.I32Or);
        else w.I64(1).Op(Opcode.I64Or);
    }

    private void Plain(ValueType type)
    {
        var single = type == ValueType.F32;
        var scratch = locals.Length + (single ? 0 : 1);
        w.Op(Opcode.LocalTee, scratch);
        if (single) w.Op(Opcode.F32Const).Bits(0x7fc00000, 4);
        else w.Op(Opcode.F64Const).Bits(0x7ff8000000000000, 8);
        w.Op(Opcode.LocalGet, scratch).Op(Opcode.LocalGet, scratch).Op(single ? Opcode.F32Eq : Opcode.F64Eq).Op(Opcode.Select);
    }

    private void Load(ValueType type, int depth)
    {
        var loads = OperatorsByResult.Loads[type];
        var load = loads[Random.Next(loads.Length)];
        Address(depth);
        Access(load);
    }

    private void Arms(ValueType type, int depth)
    {
        Value(ValueType.I32, depth + 1);
        Open(Wasm.Structure.If, [], [type]);
        Statements(depth + 2);
        Value(type, depth + 1);
        w.Else();
        Value(type, depth + 1);
        Close();
    }

    private void Block(ValueType type, int depth)
    {
        Open(Wasm.Structure.Block, [], [type]);
        Statements(depth + 2);
        Value(type, depth + 1);
        Close();
    }

    private void TypedSelect(ValueType type, int depth)
    {
        Value(type, depth + 1);
        Value(type, depth + 1);
        Value(ValueType.I32, depth + 1);
        w.Byte(Wasm.Structure.TypedSelect).U32(1).Byte((int)type);
    }

    /// <summary>A call of a function whose last result has the type; the others go into locals.</summary>
    private bool CallFor(ValueType type, int depth)
    {
        var fitting = Enumerable.Range(0, module.Functions.Count).Where(f => module.Functions[f].Results.FirstOrDefault() == type).ToList();
        if (fitting.Count == 0) return false;
        var function = fitting[Random.Next(fitting.Count)];
        Values(module.Functions[function].Parameters, depth);
        CallIt(function, depth);
        Discard(module.Functions[function].Results[1..]);
        return true;
    }
}
