using System.Globalization;

namespace Loom.Wasm.Tests.Conformance;

/// <summary>Values as the suite writes them, and the values that they stand for.</summary>
internal static class SuiteValues
{
    public static Value Read(SuiteValue value) => value.Type switch
    {
        "externref" => Value.Extern(value.Value == "null" ? null : value.Value),
        "funcref" => value.Value == "null" ? Value.Func(null) : throw new InvalidDataException("The suite passes no functions."),
        _ => Value.Number(TypeOf(value), ulong.Parse(value.Value!, CultureInfo.InvariantCulture)),
    };

    /// <summary>Whether a result is what was expected: numbers to the bit, NaNs by their class.</summary>
    public static bool Fits(SuiteValue expected, Value actual)
    {
        if (actual.Type != TypeOf(expected)) return false;
        return expected.Value switch
        {
            "nan:canonical" => IsNaN(actual, canonical: true),
            "nan:arithmetic" => IsNaN(actual, canonical: false),
            "null" => actual.Reference is null,
            null => actual.Reference is not null,
            _ when expected.Type == "externref" => expected.Value.Equals(actual.Reference),
            _ => actual.Bits == ulong.Parse(expected.Value, CultureInfo.InvariantCulture),
        };
    }

    public static string Show(IEnumerable<Value> values) =>
        string.Join(", ", values.Select(v => v.Type is ValueType.FuncRef or ValueType.ExternRef ? $"{v.Type} {v.Reference ?? "null"}" : $"{v.Type} {v.Bits}"));

    public static string Show(IEnumerable<SuiteValue> values) => string.Join(", ", values.Select(v => $"{v.Type} {v.Value ?? "(any)"}"));

    // A canonical NaN has only the quiet bit in its payload, an arithmetic one at least that; the sign is free.
    private static bool IsNaN(Value value, bool canonical)
    {
        var (exponent, quiet, payload) = value.Type == ValueType.F32
            ? (0x7f80_0000UL, 0x0040_0000UL, 0x007f_ffffUL)
            : (0x7ff0_0000_0000_0000UL, 0x0008_0000_0000_0000UL, 0x000f_ffff_ffff_ffffUL);
        if ((value.Bits & exponent) != exponent) return false;
        return canonical ? (value.Bits & payload) == quiet : (value.Bits & quiet) != 0;
    }

    private static ValueType TypeOf(SuiteValue value) => value.Type switch
    {
        "i32" => ValueType.I32,
        "i64" => ValueType.I64,
        "f32" => ValueType.F32,
        "f64" => ValueType.F64,
        "funcref" => ValueType.FuncRef,
        "externref" => ValueType.ExternRef,
        _ => throw new InvalidDataException($"The suite has no type {value.Type}."),
    };
}
