using System.Buffers.Binary;
using Loom.Core;

namespace Loom.Proving;

/// <summary>Compares a statement with the run that was to be proven, field by field, whatever a verifier said before.</summary>
internal static class ExpectedStatement
{
    /// <summary>What is different; null when the statement is exactly the expected one. The number of cycles is the prover's to find out.</summary>
    public static string? Difference(ReadOnlySpan<byte> statement, ExpectedReceipt expected)
    {
        if (statement.Length != ReceiptAct.StatementBytes)
        {
            return $"a statement of {statement.Length} bytes, expected {ReceiptAct.StatementBytes}";
        }

        return Hash("image id", statement[..32], expected.Image.Id)
            ?? Hash("input digest", statement[32..64], Digest.Of(expected.Input.Span))
            ?? Hash("output digest", statement[64..96], Digest.Of(expected.Output.Span))
            ?? Number("input length", BinaryPrimitives.ReadUInt64LittleEndian(statement[96..]), (ulong)expected.Input.Length)
            ?? Number("output length", BinaryPrimitives.ReadUInt64LittleEndian(statement[104..]), (ulong)expected.Output.Length)
            ?? Number("exit code", BinaryPrimitives.ReadUInt32LittleEndian(statement[112..]), 0)
            ?? Number("reserved word", BinaryPrimitives.ReadUInt32LittleEndian(statement[116..]), 0)
            ?? (Cycles(statement) is > 0 and < 1 << 30 ? null : $"{Cycles(statement)} cycles, expected 1 to 2^30 - 1");
    }

    /// <summary>The cycles of a statement of the right length.</summary>
    public static long Cycles(ReadOnlySpan<byte> statement) => (long)BinaryPrimitives.ReadUInt64LittleEndian(statement[120..]);

    private static string? Hash(string name, ReadOnlySpan<byte> got, Digest expected) =>
        new Digest(got) is var digest && digest == expected ? null : $"the {name} {digest}, expected {expected}";

    private static string? Number(string name, ulong got, ulong expected) => got == expected ? null : $"the {name} {got}, expected {expected}";
}
