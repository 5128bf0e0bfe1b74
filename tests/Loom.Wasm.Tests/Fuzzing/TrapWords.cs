namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>
/// Traps in words that every engine can be held to. Engines divide traps differently, so some share a word: what does not fit an integer and what is
/// no number; a null element and one of another type; the several ways to miss a table.
/// </summary>
internal static class TrapWords
{
    public static string Of(TrapKind kind) => "trap: " + kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.DivideByZero => "zero",
        TrapKind.IntegerOverflow or TrapKind.InvalidConversion => "range",
        TrapKind.MemoryOutOfBounds => "memory",
        TrapKind.TableOutOfBounds or TrapKind.UndefinedElement => "table",
        TrapKind.UninitializedElement or TrapKind.IndirectCallType => "signature",
        _ => kind.ToString(),
    };

    public static string OfV8(string answer) => !answer.StartsWith("trap: ", StringComparison.Ordinal) ? answer : "trap: " + answer switch
    {
        _ when answer.Contains("unreachable", StringComparison.Ordinal) => "unreachable",
        _ when answer.Contains("by zero", StringComparison.Ordinal) => "zero",
        _ when answer.Contains("unrepresentable", StringComparison.Ordinal) => "range",
        _ when answer.Contains("memory access", StringComparison.Ordinal) => "memory",
        _ when answer.Contains("signature mismatch", StringComparison.Ordinal) => "signature",
        _ when answer.Contains("table", StringComparison.Ordinal) || answer.Contains("element segment", StringComparison.Ordinal) => "table",
        _ => answer,
    };

    public static string OfWabt(string error) => "trap: " + error switch
    {
        "unreachable executed" => "unreachable",
        "integer divide by zero" => "zero",
        "integer overflow" or "invalid conversion to integer" => "range",
        _ when error.StartsWith("out of bounds memory access", StringComparison.Ordinal) => "memory",
        _ when error.StartsWith("out of bounds table access", StringComparison.Ordinal) || error.StartsWith("undefined table index", StringComparison.Ordinal) => "table",
        "uninitialized table element" or "indirect call signature mismatch" => "signature",
        _ => error,
    };
}
