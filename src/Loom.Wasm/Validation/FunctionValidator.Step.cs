namespace Loom.Wasm;

/// <summary>The instructions that are no structure.</summary>
internal sealed partial class FunctionValidator
{
    private void Emit(Opcode opcode, int a = 0, ulong immediate = 0)
    {
        if (!writer.Live) return;
        if (height > maxHeight) maxHeight = height;
        writer.Emit(at, opcode, a, immediate);
    }

    private void Step(ref ByteReader reader)
    {
        at = reader.Offset;
        var code = reader.Byte();
        current = (Opcode)code;
        switch (code)
        {
            case (byte)Opcode.LocalGet:
                var get = Local(ref reader);
                Push(locals[get]);
                Emit(Opcode.LocalGet, get);
                break;
            case (byte)Opcode.LocalSet:
                var set = Local(ref reader);
                Pop(locals[set]);
                Emit(Opcode.LocalSet, set);
                break;
            case (byte)Opcode.LocalTee:
                var tee = Local(ref reader);
                Pop(locals[tee]);
                Push(locals[tee]);
                Emit(Opcode.LocalTee, tee);
                break;
            case (byte)Opcode.I32Const: Constant(ValueType.I32, (uint)reader.S32()); break;
            case (byte)Opcode.I64Const: Constant(ValueType.I64, (ulong)reader.S64()); break;
            case (byte)Opcode.F32Const: Constant(ValueType.F32, reader.F32()); break;
            case (byte)Opcode.F64Const: Constant(ValueType.F64, reader.F64()); break;
            case Structure.Block: Open(FrameKind.Block, ref reader); break;
            case Structure.Loop: Open(FrameKind.Loop, ref reader); break;
            case Structure.If: Open(FrameKind.If, ref reader); break;
            case Structure.Else: Else(); break;
            case Structure.End: End(); break;
            case (byte)Opcode.Nop: break;
            case (byte)Opcode.Unreachable:
                Emit(Opcode.Unreachable);
                LeaveUnreachable();
                break;
            case (byte)Opcode.Br: Branch(reader.U32()); break;
            case (byte)Opcode.BrIf: BranchIf(reader.U32()); break;
            case (byte)Opcode.BrTable: BranchTable(ref reader); break;
            case (byte)Opcode.Return: Branch((uint)depth - 1); break;
            case (byte)Opcode.Call: Call(ref reader); break;
            case (byte)Opcode.CallIndirect: CallIndirect(ref reader); break;
            case (byte)Opcode.Drop: Emit(Opcode.Drop, (int)PopAny()); break;
            case (byte)Opcode.Select: Select(); break;
            case Structure.TypedSelect: TypedSelect(ref reader); break;
            case (byte)Opcode.GlobalGet: GlobalGet(ref reader); break;
            case (byte)Opcode.GlobalSet: GlobalSet(ref reader); break;
            case (byte)Opcode.TableGet: TableGet(ref reader); break;
            case (byte)Opcode.TableSet: TableSet(ref reader); break;
            case (byte)Opcode.MemorySize or (byte)Opcode.MemoryGrow:
                ZeroByte(ref reader);
                RequireMemory();
                Apply(in Operators.OfByte(code));
                Emit(current);
                break;
            case (byte)Opcode.RefNull: RefNull(ref reader); break;
            case (byte)Opcode.RefIsNull: RefIsNull(); break;
            case (byte)Opcode.RefFunc: RefFunc(ref reader); break;
            case Structure.Prefix: Prefixed(ref reader); break;
            case >= (byte)Opcode.I32Load and <= (byte)Opcode.I64Store32: Access(ref reader); break;
            default:
                if (!Operators.IsSimple(code)) throw Malformed(Illegal(code));
                Apply(in Operators.OfByte(code));
                Emit(current);
                break;
        }
    }

    private static string Illegal(byte code) => $"illegal opcode 0x{code:x2}" + code switch
    {
        0x06 or 0x07 or 0x08 or 0x09 or 0x0a or 0x18 or 0x19 or 0x1f => ": exceptions are not supported, build the module without them",
        0x12 or 0x13 => ": tail calls are not supported, build the module without them",
        0xfd => ": vectors (SIMD) are not supported, build the module without them",
        0xfe => ": threads are not supported, build the module without them",
        _ => "",
    };

    private void Apply(in Signature signature)
    {
        if (signature.First != 0)
        {
            if (signature.Second != 0)
            {
                if (signature.Third != 0) Pop(signature.Third);
                Pop(signature.Second);
            }

            Pop(signature.First);
        }

        if (signature.Result != 0) Push(signature.Result);
    }

    private void Constant(ValueType type, ulong bits)
    {
        Push(type);
        Emit(current, 0, bits);
    }

    private int Local(ref ByteReader reader)
    {
        var index = reader.U32();
        return index < (uint)localCount ? (int)index : throw Unknown("local", index, localCount);
    }

    private void Access(ref ByteReader reader)
    {
        var align = reader.U32();
        var offset = reader.U32();
        RequireMemory();
        if (align > (uint)Operators.WidthOf(current)) throw Invalid($"alignment must not be larger than natural: 2^{align} for {Name}");
        Apply(in Operators.OfByte((byte)current));
        Emit(current, (int)align, offset);
    }

    private void RequireMemory()
    {
        if (module.Memories.Count == 0) throw Unknown("memory", 0, 0);
    }

    private void ZeroByte(ref ByteReader reader)
    {
        if (reader.Byte() != 0) throw Malformed($"zero byte expected after {Name}");
    }

    private void Call(ref ByteReader reader)
    {
        var index = FunctionIndex(ref reader);
        var type = module.FunctionTypes[index];
        Pop(type.ParameterArray);
        Push(type.ResultArray);
        Emit(Opcode.Call, index);
    }

    private void CallIndirect(ref ByteReader reader)
    {
        var index = reader.U32();
        var table = Table(ref reader, out var element);
        if (element != ValueType.FuncRef) throw Invalid($"type mismatch: call_indirect wants a table of functions, table {table} holds {element}");
        if (index >= (uint)types.Length) throw Unknown("type", index, types.Length);
        Pop(ValueType.I32);
        Pop(types[(int)index].ParameterArray);
        Push(types[(int)index].ResultArray);
        Emit(Opcode.CallIndirect, (int)index, (ulong)table);
    }

    private int FunctionIndex(ref ByteReader reader)
    {
        var index = reader.U32();
        return index < (uint)module.FunctionTypes.Length ? (int)index : throw Unknown("function", index, module.FunctionTypes.Length);
    }

    private void Select()
    {
        Pop(ValueType.I32);
        var second = PopAny();
        var first = PopAny();
        var type = first == Any ? second : first;
        if (IsReference(first) || IsReference(second)) throw Invalid("type mismatch: select without a type takes numbers only");
        if (second != type && second != Any) throw Invalid($"type mismatch: select finds {first} and {second}");
        Push(type);
        Emit(Opcode.Select, (int)type);
    }

    private void TypedSelect(ref ByteReader reader)
    {
        var count = reader.Count("types of a select", int.MaxValue);
        if (count != 1) throw Invalid($"invalid result arity: select gives {count} values, it must give 1");
        var type = ModuleDecoder.ReadValueType(ref reader);
        current = Opcode.Select;
        Pop(ValueType.I32);
        Pop(type);
        Pop(type);
        Push(type);
        Emit(Opcode.Select, (int)type);
    }

    private static bool IsReference(ValueType type) => type is ValueType.FuncRef or ValueType.ExternRef;

    private void GlobalGet(ref ByteReader reader)
    {
        var index = Global(ref reader);
        Push(module.Globals[index].Value);
        Emit(Opcode.GlobalGet, index);
    }

    private void GlobalSet(ref ByteReader reader)
    {
        var index = Global(ref reader);
        if (!module.Globals[index].Mutable) throw Invalid($"global is immutable: {index}");
        Pop(module.Globals[index].Value);
        Emit(Opcode.GlobalSet, index);
    }

    private int Global(ref ByteReader reader)
    {
        var index = reader.U32();
        return index < (uint)module.Globals.Count ? (int)index : throw Unknown("global", index, module.Globals.Count);
    }
}
