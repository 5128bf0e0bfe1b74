namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>The numeric instructions and loads, by the type that they give.</summary>
internal static class OperatorsByResult
{
    private static readonly Opcode[] Numeric = [.. Enum.GetValues<Opcode>().Where(IsNumeric)];

    public static IReadOnlyDictionary<ValueType, Opcode[]> All { get; } = Numeric.GroupBy(o => Operators.SignatureOf(o).Result).ToDictionary(g => g.Key, g => g.ToArray());

    public static IReadOnlyDictionary<ValueType, Opcode[]> Loads { get; } = Enum.GetValues<Opcode>().Where(o => o is >= Opcode.I32Load and <= Opcode.I64Load32U)
        .GroupBy(o => Operators.SignatureOf(o).Result).ToDictionary(g => g.Key, g => g.ToArray());

    public static Opcode[] Stores { get; } = [.. Enum.GetValues<Opcode>().Where(o => o is >= Opcode.I32Store and <= Opcode.I64Store32)];

    public static bool UsesFloats(Opcode opcode)
    {
        var (first, second, _, result) = Operators.SignatureOf(opcode);
        return IsFloat(first) || IsFloat(second) || IsFloat(result);
    }

    /// <summary>Whether its result may be a NaN whose bits the specification leaves open.</summary>
    public static bool MayGiveNaN(Opcode opcode) => opcode
        is (>= Opcode.F32Ceil and <= Opcode.F32Max) or (>= Opcode.F64Ceil and <= Opcode.F64Max) or Opcode.F32DemoteF64 or Opcode.F64PromoteF32;

    public static bool IsDivision(Opcode opcode) => opcode
        is (>= Opcode.I32DivS and <= Opcode.I32RemU) or (>= Opcode.I64DivS and <= Opcode.I64RemU);

    public static bool IsTruncation(Opcode opcode) => opcode
        is (>= Opcode.I32TruncF32S and <= Opcode.I32TruncF64U) or (>= Opcode.I64TruncF32S and <= Opcode.I64TruncF64U);

    private static bool IsNumeric(Opcode opcode) => opcode is (>= Opcode.I32Eqz and <= Opcode.I64Extend32S) or (>= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U);

    private static bool IsFloat(ValueType type) => type is ValueType.F32 or ValueType.F64;
}
