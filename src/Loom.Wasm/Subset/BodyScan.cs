namespace Loom.Wasm;

/// <summary>
/// Reads validated bodies as they stand in the module, code that is never executed included: the prover's translator judges the bytes, too.
/// </summary>
internal sealed class BodyScan(WasmModule module)
{
    /// <summary>The functions that a body calls by index; a function may come more than once.</summary>
    public List<int> Calls(int body)
    {
        var calls = new List<int>();
        Read(body, (opcode, index, _) =>
        {
            if (opcode == Opcode.Call) calls.Add(index);
        });
        return calls;
    }

    /// <summary>What keeps a body out of the subset.</summary>
    public void Findings(int body, bool reachable, List<SubsetFinding> findings)
    {
        var function = module.ImportedFunctions + body;
        if (reachable) CheckTypes(function, module.Bodies[body].Offset, findings);
        Read(body, (opcode, index, offset) =>
        {
            if (RuleOf(opcode, index) is { } rule && (reachable || rule != SubsetRule.FloatNotSupported))
            {
                findings.Add(new(rule, function, offset, $"{Operators.NameOf(opcode)}{Explain(opcode, index)}"));
            }
        });
    }

    private void CheckTypes(int function, int offset, List<SubsetFinding> findings)
    {
        var type = module.FunctionTypes[function];
        CheckAll([.. type.Parameters, .. type.Results], $"the function's type is {type}");
        CheckAll(module.Code(function - module.ImportedFunctions).Locals.AsSpan(type.Parameters.Length), "a local");

        void CheckAll(ReadOnlySpan<ValueType> types, string what)
        {
            foreach (var value in types)
            {
                if (RuleOf(value) is { } rule)
                {
                    findings.Add(new(rule, function, offset, what == "a local" ? $"a local is of type {value}" : what));
                    return;
                }
            }
        }
    }

    private SubsetRule? RuleOf(Opcode opcode, int index) => opcode switch
    {
        Opcode.TableSet or Opcode.TableGrow or Opcode.TableFill or Opcode.TableCopy or Opcode.TableInit => SubsetRule.TableWrite,
        Opcode.MemoryInit or Opcode.DataDrop or Opcode.ElemDrop => SubsetRule.PassiveSegment,
        Opcode.RefNull or Opcode.RefIsNull or Opcode.RefFunc or Opcode.TableGet or Opcode.TableSize => SubsetRule.ReferenceNotSupported,
        Opcode.GlobalGet or Opcode.GlobalSet => RuleOf(module.Globals[index].Value),
        Opcode.CallIndirect or Block => RuleOf(module.Types[index]),
        Opcode.Select or BlockOfValue => RuleOf((ValueType)index),
        _ => Operators.SignatureOf(opcode) is var s ? RuleOf(s.First) ?? RuleOf(s.Second) ?? RuleOf(s.Result) : null,
    };

    private static SubsetRule? RuleOf(FunctionType type)
    {
        foreach (var value in (ReadOnlySpan<ValueType>)[.. type.Parameters, .. type.Results])
        {
            if (RuleOf(value) is { } rule) return rule;
        }

        return null;
    }

    private static SubsetRule? RuleOf(ValueType type) => type switch
    {
        ValueType.F32 or ValueType.F64 => SubsetRule.FloatNotSupported,
        ValueType.FuncRef or ValueType.ExternRef => SubsetRule.ReferenceNotSupported,
        _ => null,
    };

    private string Explain(Opcode opcode, int index) => opcode switch
    {
        Opcode.GlobalGet or Opcode.GlobalSet => $" of type {module.Globals[index].Value}",
        Opcode.CallIndirect or Block => $" of type {module.Types[index]}",
        Opcode.Select or BlockOfValue => $" of type {(ValueType)index}",
        _ => "",
    };

    // Blocks have no opcode of their own; these stand for one with a type of the module, and one with a value.
    private const Opcode Block = (Opcode)Structure.Block;
    private const Opcode BlockOfValue = (Opcode)Structure.Loop;

    private delegate void Visitor(Opcode opcode, int index, int offset);

    private void Read(int body, Visitor visit)
    {
        var (offset, bytes) = module.Bodies[body];
        var reader = new ByteReader(bytes.Span, offset);
        for (var groups = reader.U32(); groups > 0; groups--)
        {
            reader.U32();
            reader.Byte();
        }

        while (reader.Left > 0)
        {
            var at = reader.Offset;
            var first = reader.Byte();
            var opcode = first == Structure.Prefix ? (Opcode)(0xfc00 + reader.U32()) : (Opcode)first;
            switch (first)
            {
                case Structure.Block or Structure.Loop or Structure.If:
                    var type = (int)reader.S33();
                    if (type >= 0) visit(Block, type, at);
                    else if (type != EmptyBlock) visit(BlockOfValue, type & 0x7f, at);
                    break;
                case Structure.TypedSelect:
                    reader.U32();
                    visit(Opcode.Select, reader.Byte(), at);
                    break;
                case Structure.Else or Structure.End:
                    break;
                default:
                    visit(opcode, Immediates(ref reader, opcode), at);
                    break;
            }
        }
    }

    // 0x40 as a signed number of 33 bits.
    private const int EmptyBlock = -64;

    // Skips them, and gives the one that matters here: a function, type or global; 0 where there is none.
    private static int Immediates(ref ByteReader reader, Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Call or Opcode.GlobalGet or Opcode.GlobalSet:
                return (int)reader.U32();
            case Opcode.CallIndirect:
                var type = (int)reader.U32();
                reader.U32();
                return type;
            case Opcode.Br or Opcode.BrIf or (>= Opcode.LocalGet and <= Opcode.LocalTee) or Opcode.TableGet or Opcode.TableSet
                or Opcode.MemorySize or Opcode.MemoryGrow or Opcode.MemoryFill or Opcode.RefFunc or Opcode.RefNull
                or Opcode.DataDrop or Opcode.ElemDrop or Opcode.TableGrow or Opcode.TableSize or Opcode.TableFill:
                reader.U32();
                return 0;
            case Opcode.MemoryInit or Opcode.MemoryCopy or Opcode.TableInit or Opcode.TableCopy:
            case >= Opcode.I32Load and <= Opcode.I64Store32:
                reader.U32();
                reader.U32();
                return 0;
            case Opcode.BrTable:
                for (var targets = reader.U32() + 1L; targets > 0; targets--) reader.U32();
                return 0;
            case Opcode.I32Const:
                reader.S32();
                return 0;
            case Opcode.I64Const:
                reader.S64();
                return 0;
            case Opcode.F32Const:
                reader.F32();
                return 0;
            case Opcode.F64Const:
                reader.F64();
                return 0;
            default:
                return 0;
        }
    }
}
