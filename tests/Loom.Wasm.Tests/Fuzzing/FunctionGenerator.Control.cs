using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Blocks, loops, branches and calls.</summary>
internal sealed partial class FunctionGenerator
{
    private void Open(int structure, ValueType[] parameters, ValueType[] gives)
    {
        w.Byte(structure);
        if (parameters.Length == 0 && gives.Length == 0 && module.Chance(80)) w.Byte(CodeWriterExtensions.Empty);
        else if (parameters.Length == 0 && gives.Length == 1 && module.Chance(80)) w.Byte((int)gives[0]);
        else w.Signed(module.Type(parameters, gives));
        labels.Add((structure == Wasm.Structure.Loop ? parameters : gives, structure == Wasm.Structure.Loop));
    }

    private void Close()
    {
        w.End();
        labels.RemoveAt(labels.Count - 1);
    }

    private void Structure(int depth)
    {
        var parameters = module.Chance(40) ? module.SomeTypes(3) : [];
        var gives = module.Chance(60) ? module.SomeTypes(3) : [];
        Values(parameters, depth);
        Open(Wasm.Structure.Block, parameters, gives);
        Discard(parameters);
        Statements(depth + 1);
        Values(gives, depth);
        Close();
        Discard(gives);
    }

    private void Conditional(int depth)
    {
        var parameters = module.Chance(30) ? module.SomeTypes(2) : [];
        var gives = module.Chance(30) ? module.SomeTypes(2) : [];
        var withElse = module.Chance(60);
        if (!withElse) gives = parameters;
        Values(parameters, depth);
        Value(ValueType.I32, depth + 1);
        Open(Wasm.Structure.If, parameters, gives);
        Discard(parameters);
        Statements(depth + 1);
        Values(gives, depth);
        if (withElse)
        {
            w.Else();
            Discard(parameters);
            Statements(depth + 1);
            Values(gives, depth);
        }

        Close();
        Discard(gives);
    }

    private void Loop(int depth)
    {
        var parameters = module.Chance(40) ? module.SomeTypes(2) : [];
        var gives = module.Chance(40) ? module.SomeTypes(2) : [];
        Values(parameters, depth);
        Open(Wasm.Structure.Loop, parameters, gives);
        Discard(parameters);
        Guard();
        Statements(depth + 1);
        if (module.Chance(80))
        {
            Values(parameters, depth);
            Value(ValueType.I32, depth + 1);
            w.Op(Opcode.BrIf, 0);
            Discard(parameters);
        }

        Values(gives, depth);
        Close();
        Discard(gives);
    }

    private int AnyLabel() => Random.Next(labels.Count);

    private ValueType[] Carried(int label) => labels[^(label + 1)].Carried;

    private void BranchIf(int depth)
    {
        var label = AnyLabel();
        Values(Carried(label), depth);
        Value(ValueType.I32, depth + 1);
        w.Op(Opcode.BrIf, label);
        Discard(Carried(label));
    }

    /// <summary>Leaves for good; what follows is never reached but must be valid all the same. Mostly only on a condition.</summary>
    private void Leave(int depth)
    {
        var conditional = module.Chance(85);
        if (conditional)
        {
            Value(ValueType.I32, depth + 1);
            Open(Wasm.Structure.If, [], []);
        }

        switch (Random.Next(10))
        {
            case 0 when module.Chance(40): w.Op(Opcode.Unreachable); break;
            case 1 or 2 or 3:
                Values(results, depth);
                w.Op(Opcode.Return);
                break;
            default:
                var label = AnyLabel();
                Values(Carried(label), depth);
                w.Op(Opcode.Br, label);
                break;
        }

        if (module.Chance(30)) DeadCode();
        if (conditional) Close();
    }

    /// <summary>Instructions whose operands come from nowhere.</summary>
    private void DeadCode()
    {
        switch (Random.Next(module.Options.Provable ? 3 : 4))
        {
            case 0: w.Op(Opcode.I32Add).Op(Opcode.Drop); break;
            case 1: w.Op(Opcode.Select).Op(Opcode.Drop); break;
            case 2: w.Op(Opcode.I64Store, 0, 0); break;
            default: w.Block((int)ValueType.F64).Op(Opcode.Unreachable).Op(Opcode.F64Sqrt).End().Op(Opcode.Drop); break;
        }
    }

    private void BranchTable(int depth)
    {
        var carried = Carried(AnyLabel());
        var fitting = Enumerable.Range(0, labels.Count).Where(l => Carried(l).SequenceEqual(carried)).ToArray();
        Value(ValueType.I32, depth + 1);
        Open(Wasm.Structure.If, [], []); // one label further out now
        Values(carried, depth);
        Value(ValueType.I32, depth + 1);
        if (module.Chance(80)) w.I32(7).Op(Opcode.I32And);
        w.BrTable([.. Enumerable.Range(0, Random.Next(1, 9)).Select(_ => fitting[Random.Next(fitting.Length)] + 1)]);
        if (module.Chance(30)) DeadCode();
        Close();
    }

    /// <summary>Blocks in one another and a jump to the end of one of them.</summary>
    private void Switch(int depth)
    {
        var cases = Random.Next(1, 6);
        for (var i = 0; i < cases; i++) Open(Wasm.Structure.Block, [], []);
        Value(ValueType.I32, depth + 1);
        w.I32(cases).Op(Opcode.I32RemU);
        w.BrTable([.. Enumerable.Range(0, Random.Next(1, cases + 2)).Select(_ => Random.Next(cases))]);
        for (var i = 0; i < cases; i++)
        {
            Close();
            Statements(depth + 1);
        }
    }

    private void Call(int depth)
    {
        var function = Random.Next(module.Functions.Count);
        var (parameters, gives) = module.Functions[function];
        Values(parameters, depth);
        CallIt(function, depth);
        Discard(gives);
    }

    private void CallIt(int function, int depth)
    {
        var (parameters, gives) = module.Functions[function];
        // A trap ends everything where one entry makes all calls: there indirect calls are rarer.
        if (module.Chance(module.Options.Provable ? 98 : 88))
        {
            w.Op(Opcode.Call, function);
            return;
        }

        // Mostly an element that is there; whether it has the type is a matter of luck.
        Value(ValueType.I32, depth + 1);
        if (module.Chance(90)) w.I32(7).Op(Opcode.I32And);
        w.Op(Opcode.CallIndirect, module.Type(parameters, gives), 0);
    }
}
