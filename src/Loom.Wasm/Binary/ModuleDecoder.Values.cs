namespace Loom.Wasm;

/// <summary>Globals, exports, the start function, and the constant expressions that initial values are made of.</summary>
internal sealed partial class ModuleDecoder
{
    private void ReadGlobals(ref ByteReader section)
    {
        var count = section.Count("globals", limits.Globals - globals.Count, 3);
        for (var i = 0; i < count; i++)
        {
            var type = ReadGlobalType(ref section);
            values.Add(ReadConstant(ref section, type.Value, $"global {globals.Count}"));
            globals.Add(type);
        }
    }

    /// <summary>A constant expression: one constant instruction and an end. Others are read on, so that what is wrong with them is told rightly.</summary>
    private ConstantExpression ReadConstant(ref ByteReader section, ValueType type, string what)
    {
        var at = section.Offset;
        var first = ReadConstantInstruction(ref section, what) ?? throw new InvalidModuleException(InvalidModuleKind.Invalid, at, $"type mismatch: the initial value of {what} is empty");
        if (ReadConstantInstruction(ref section, what) is not null) throw new InvalidModuleException(InvalidModuleKind.Invalid, at, $"type mismatch: the initial value of {what} gives more than one value");
        if (first.Type != type) throw new InvalidModuleException(InvalidModuleKind.Invalid, at, $"type mismatch: the initial value of {what} is {first.Type}, it must be {type}");
        return first;
    }

    private ConstantExpression? ReadConstantInstruction(ref ByteReader section, string what)
    {
        var at = section.Offset;
        var code = section.Byte();
        switch ((Opcode)code)
        {
            case Opcode.I32Const: return new(ConstantKind.Number, ValueType.I32, (uint)section.S32());
            case Opcode.I64Const: return new(ConstantKind.Number, ValueType.I64, (ulong)section.S64());
            case Opcode.F32Const: return new(ConstantKind.Number, ValueType.F32, section.F32());
            case Opcode.F64Const: return new(ConstantKind.Number, ValueType.F64, section.F64());
            case Opcode.RefNull: return new(ConstantKind.Null, ReadReferenceType(ref section), 0);
            case Opcode.RefFunc: return new(ConstantKind.Function, ValueType.FuncRef, (ulong)DeclareFunction(ref section));
            case Opcode.GlobalGet:
                var index = section.U32();
                if (index >= (uint)importedGlobals) throw Unknown("global", index, at, importedGlobals);
                if (globals[(int)index].Mutable) throw new InvalidModuleException(InvalidModuleKind.Invalid, at, $"constant expression required: global {index}, of which {what} is made, is mutable");
                return new(ConstantKind.Global, globals[(int)index].Value, index);
            case (Opcode)Structure.End: return null;
            default: throw new InvalidModuleException(Operators.IsKnown(code) ? InvalidModuleKind.Invalid : InvalidModuleKind.Malformed, at, $"constant expression required: {what} is made by instruction 0x{code:x2}");
        }
    }

    private int DeclareFunction(ref ByteReader section)
    {
        var index = FunctionIndex(ref section);
        declared.Add(index);
        return index;
    }

    private int FunctionIndex(ref ByteReader section)
    {
        var at = section.Offset;
        var index = section.U32();
        return index < (uint)functions.Count ? (int)index : throw Unknown("function", index, at, functions.Count);
    }

    private void ReadExports(ref ByteReader section)
    {
        exports = new Export[section.Count("exports", limits.Exports, 3)];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < exports.Length; i++)
        {
            var at = section.Offset;
            var name = section.Name("the name of an export", limits.NameBytes);
            var kind = (ExternalKind)section.Byte();
            var (what, count) = kind switch
            {
                ExternalKind.Function => ("function", functions.Count),
                ExternalKind.Table => ("table", tables.Count),
                ExternalKind.Memory => ("memory", memories.Count),
                ExternalKind.Global => ("global", globals.Count),
                _ => throw section.Malformed($"malformed export kind {(byte)kind} of '{name}'"),
            };
            var index = section.U32();
            if (index >= (uint)count) throw Unknown(what, index, at, count);
            if (!names.Add(name)) throw new InvalidModuleException(InvalidModuleKind.Invalid, at, $"duplicate export name '{name}'");
            if (kind == ExternalKind.Function) declared.Add((int)index);
            exports[i] = new Export(name, kind, (int)index);
        }
    }

    private int StartFunction(ref ByteReader section)
    {
        var at = section.Offset;
        var index = FunctionIndex(ref section);
        var type = functions[index];
        return type.Parameters.Length == 0 && type.Results.Length == 0
            ? index
            : throw new InvalidModuleException(InvalidModuleKind.Invalid, at, $"start function {index} is {type}, it must take and give nothing");
    }
}
