namespace Loom.Wasm.Tests.Building;

/// <summary>Instructions in the binary format.</summary>
internal static class CodeWriterExtensions
{
    public const int Empty = 0x40;

    public static ByteWriter Op(this ByteWriter code, Opcode opcode) =>
        (int)opcode >= 0xfc00 ? code.Byte(0xfc).U32((int)opcode & 0xff) : code.Byte((int)opcode);

    public static ByteWriter Op(this ByteWriter code, Opcode opcode, int index) => code.Op(opcode).U32(index);

    public static ByteWriter Op(this ByteWriter code, Opcode opcode, int index, int second) => code.Op(opcode).U32(index).U32(second);

    public static ByteWriter I32(this ByteWriter code, int value) => code.Op(Opcode.I32Const).Signed(value);

    public static ByteWriter I64(this ByteWriter code, long value) => code.Op(Opcode.I64Const).Signed(value);

    public static ByteWriter Block(this ByteWriter code, int type = Empty) => code.Byte(Structure.Block).Byte(type);

    public static ByteWriter Loop(this ByteWriter code, int type = Empty) => code.Byte(Structure.Loop).Byte(type);

    public static ByteWriter If(this ByteWriter code, int type = Empty) => code.Byte(Structure.If).Byte(type);

    public static ByteWriter Else(this ByteWriter code) => code.Byte(Structure.Else);

    public static ByteWriter End(this ByteWriter code) => code.Byte(Structure.End);

    public static ByteWriter BrTable(this ByteWriter code, params int[] labelsThenDefault)
    {
        code.Op(Opcode.BrTable).U32(labelsThenDefault.Length - 1);
        foreach (var label in labelsThenDefault) code.U32(label);
        return code;
    }
}
