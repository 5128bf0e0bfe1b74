namespace Loom.Wasm.Tests.Building;

/// <summary>A small module with a bit of everything, for tests that damage modules.</summary>
internal static class RichModule
{
    private const ValueType I32 = ValueType.I32;
    private const ValueType I64 = ValueType.I64;

    public static byte[] Build()
    {
        var module = new ModuleBuilder();
        module.ImportFunction("env", "log", [I32], []);
        module.Import("env", "base", ExternalKind.Global, w => w.Byte((int)I32).Byte(0));
        module.Table(ValueType.FuncRef, 4, 10);
        module.Table(ValueType.ExternRef, 1);
        module.Memory(1, 3);
        module.Global(I32, true, w => w.Op(Opcode.GlobalGet, 0));
        module.Global(ValueType.F64, false, w => w.Op(Opcode.F64Const).Bits(0x3ff0000000000000, 8));
        var sum = module.Function([I32], [I64], Sum, I64);
        var pick = module.Function([I32], [I32], Pick);
        module.Function([], [I32, I64], w => w.I32(-5).I64(long.MinValue));
        module.Function([], [], Bulk);
        module.Export("sum", ExternalKind.Function, sum);
        module.Export("memory", ExternalKind.Memory, 0);
        module.Export("größe", ExternalKind.Global, 1);
        module.Elements(1, sum, pick);
        module.PassiveElements(pick);
        module.DeclaredElements(pick);
        module.Data(8, [.. "hello"u8]);
        module.PassiveData([1, 2, 3, 4]);
        module.Custom("name", new ByteWriter().Byte(1).Sized(new ByteWriter().U32(2).U32(0).Name("log").U32(sum).Name("sum").ToArray()).ToArray());
        return module.Build();
    }

    // A loop that adds the numbers up to the parameter.
    private static void Sum(ByteWriter w) => w
        .Block().Loop()
        .Op(Opcode.LocalGet, 0).Op(Opcode.I32Eqz).Op(Opcode.BrIf, 1)
        .Op(Opcode.LocalGet, 1).Op(Opcode.LocalGet, 0).Op(Opcode.I64ExtendI32U).Op(Opcode.I64Add).Op(Opcode.LocalSet, 1)
        .Op(Opcode.LocalGet, 0).I32(1).Op(Opcode.I32Sub).Op(Opcode.LocalSet, 0)
        .Op(Opcode.Br, 0).End().End()
        .Op(Opcode.LocalGet, 1);

    // A switch, an if with both arms, a select, calls direct and indirect.
    private static void Pick(ByteWriter w) => w
        .Block().Block().Block()
        .Op(Opcode.LocalGet, 0).BrTable(0, 1, 2).End()
        .I32(7).Op(Opcode.Call, 0).End()
        .Op(Opcode.LocalGet, 0).Op(Opcode.LocalGet, 0).I32(2).Op(Opcode.CallIndirect, 2, 0).Op(Opcode.Return).End()
        .Op(Opcode.LocalGet, 0).If((int)I32).I32(1).I32(2).Op(Opcode.LocalGet, 0).Op(Opcode.Select).Else().Op(Opcode.Unreachable).End();

    private static void Bulk(ByteWriter w) => w
        .I32(0).I32(0).I32(4).Op(Opcode.MemoryInit, 1, 0).Op(Opcode.DataDrop, 1)
        .I32(16).I32(0).I32(4).Op(Opcode.MemoryCopy, 0, 0)
        .I32(1).Op(Opcode.MemoryGrow, 0).Op(Opcode.Drop)
        .I32(0).I32(0).I32(1).Op(Opcode.TableInit, 1, 0).Op(Opcode.ElemDrop, 1)
        .I32(0).Op(Opcode.RefFunc, 2).Op(Opcode.TableSet, 0)
        .I32(8).I32(8).Op(Opcode.F32Load, 2, 4).Op(Opcode.I32TruncSatF32U).Op(Opcode.I32Store16, 1, 2)
        .Op(Opcode.RefNull).Byte((int)ValueType.ExternRef).Op(Opcode.RefIsNull).Op(Opcode.GlobalSet, 1);
}
