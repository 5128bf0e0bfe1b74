namespace Loom.Wasm;

/// <summary>References, tables, and the instructions behind the prefix 0xfc.</summary>
internal sealed partial class FunctionValidator
{
    private int Table(ref ByteReader reader, out ValueType element)
    {
        var index = reader.U32();
        if (index >= (uint)module.Tables.Count) throw Unknown("table", index, module.Tables.Count);
        element = module.Tables[(int)index].Element;
        return (int)index;
    }

    private void TableGet(ref ByteReader reader)
    {
        var table = Table(ref reader, out var element);
        Pop(ValueType.I32);
        Push(element);
        Emit(Opcode.TableGet, table);
    }

    private void TableSet(ref ByteReader reader)
    {
        var table = Table(ref reader, out var element);
        Pop(element);
        Pop(ValueType.I32);
        Emit(Opcode.TableSet, table);
    }

    private void RefNull(ref ByteReader reader)
    {
        var type = ModuleDecoder.ReadReferenceType(ref reader);
        Push(type);
        Emit(Opcode.RefNull, (int)type);
    }

    private void RefIsNull()
    {
        var type = PopAny();
        if (type != Any && !IsReference(type)) throw Invalid($"type mismatch: ref.is_null wants a reference, it finds {type}");
        Push(ValueType.I32);
        Emit(Opcode.RefIsNull, (int)type);
    }

    private void RefFunc(ref ByteReader reader)
    {
        var index = FunctionIndex(ref reader);
        if (!module.DeclaredFunctions.Contains(index)) throw Invalid($"undeclared function reference: {index} stands in no export, global or element segment");
        Push(ValueType.FuncRef);
        Emit(Opcode.RefFunc, index);
    }

    private void Prefixed(ref ByteReader reader)
    {
        var code = reader.U32();
        if (code > Opcode.TableFill - Opcode.I32TruncSatF32S) throw Malformed($"illegal opcode 0xfc {code}");
        current = (Opcode)(0xfc00 + code);
        switch (current)
        {
            case Opcode.MemoryInit:
                var initialiser = DataSegment(ref reader);
                ZeroByte(ref reader);
                RequireMemory();
                Finish(initialiser);
                break;
            case Opcode.DataDrop:
                Finish(DataSegment(ref reader));
                break;
            case Opcode.MemoryCopy:
                ZeroByte(ref reader);
                ZeroByte(ref reader);
                RequireMemory();
                Finish();
                break;
            case Opcode.MemoryFill:
                ZeroByte(ref reader);
                RequireMemory();
                Finish();
                break;
            case Opcode.TableInit:
                var segment = ElementSegment(ref reader);
                var filled = Table(ref reader, out var wanted);
                if (module.Elements[segment].Type != wanted) throw Invalid($"type mismatch: element segment {segment} holds {module.Elements[segment].Type}, table {filled} holds {wanted}");
                Finish(segment, filled);
                break;
            case Opcode.ElemDrop:
                Finish(ElementSegment(ref reader));
                break;
            case Opcode.TableCopy:
                var to = Table(ref reader, out var target);
                var from = Table(ref reader, out var source);
                if (target != source) throw Invalid($"type mismatch: table {to} holds {target}, table {from} holds {source}");
                Finish(to, from);
                break;
            case Opcode.TableGrow:
                var grown = Table(ref reader, out var added);
                Pop(ValueType.I32);
                Pop(added);
                Push(ValueType.I32);
                Emit(current, grown);
                break;
            case Opcode.TableSize:
                Finish(Table(ref reader, out _));
                break;
            case Opcode.TableFill:
                var painted = Table(ref reader, out var paint);
                Pop(ValueType.I32);
                Pop(paint);
                Pop(ValueType.I32);
                Emit(current, painted);
                break;
            default:
                Finish();
                break;
        }
    }

    private void Finish(int a = 0, int b = 0)
    {
        Apply(Operators.SignatureOf(current));
        Emit(current, a, (ulong)b);
    }

    private int DataSegment(ref ByteReader reader)
    {
        var index = reader.U32();
        if (module.DataCount is not { } count) throw Malformed($"data count section required by {Name}");
        return index < (uint)count ? (int)index : throw Unknown("data segment", index, count);
    }

    private int ElementSegment(ref ByteReader reader)
    {
        var index = reader.U32();
        return index < (uint)module.Elements.Length ? (int)index : throw Unknown("elem segment", index, module.Elements.Length);
    }
}
