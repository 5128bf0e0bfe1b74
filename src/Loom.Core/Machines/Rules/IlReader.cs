using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Loom.Core;

/// <summary>The methods, fields and types that a method's code names.</summary>
internal static class IlReader
{
    private static readonly FrozenDictionary<ushort, OperandType> Operands = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToFrozenDictionary(o => unchecked((ushort)o.Value), o => o.OperandType);

    public static List<EntityHandle> Tokens(BlobReader il)
    {
        var tokens = new List<EntityHandle>();
        while (il.RemainingBytes > 0)
        {
            ushort code = il.ReadByte();
            if (code == 0xfe)
            {
                code = (ushort)(0xfe00 | il.ReadByte());
            }

            if (!Operands.TryGetValue(code, out var operand))
            {
                throw new BadImageFormatException($"The code holds an unknown instruction 0x{code:x}.");
            }

            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok)
            {
                var handle = MetadataTokens.EntityHandle(il.ReadInt32());
                tokens.Add(handle);
                continue;
            }

            // Apart from the addition: reading a switch's length moves the offset as well.
            var skip = operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => checked(il.ReadInt32() * 4),
                _ => 4,
            };
            il.Offset += skip;
        }

        return tokens;
    }
}
