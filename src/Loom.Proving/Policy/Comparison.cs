using System.Globalization;
using System.Text.Json;

namespace Loom.Proving;

/// <summary>What a comparison looks at.</summary>
internal enum Source
{
    Command,
    Event,
}

/// <summary>
/// <c>command.amount &gt;= 1000</c>, <c>event(deposited.v1).amount &gt;= 1000</c> or <c>command(withdraw)</c>: of a command or of any event
/// (of that name, when one is given) a field, compared with a constant. Numbers may be written as text, as amounts of money are.
/// </summary>
internal sealed class Comparison(Source source, string? name, IReadOnlyList<string> path, string? operation, Literal? constant) : Condition
{
    public override Judged Judge(SubjectValues values)
    {
        string? doubt = null;
        foreach (var (type, body) in source == Source.Command ? values.Commands : values.Events)
        {
            if (name is not null && type != name)
            {
                continue;
            }

            switch (operation is null ? true : Compare(body.Value))
            {
                case true:
                    return new Judged(true, ToString());
                case null:
                    doubt ??= body.Value is null ? $"the body of '{type}' cannot be read as JSON" : $"{string.Join('.', path)} of '{type}' is no number";
                    break;
            }
        }

        return new Judged(doubt is not null, ToString(), doubt);
    }

    public override string ToString()
    {
        var place = (source == Source.Command ? "command" : "event") + (name is null ? "" : $"({ConditionReader.Quoted(name)})");
        return operation is null ? place : $"{place}.{string.Join('.', path.Select(ConditionReader.Quoted))} {operation} {constant}";
    }

    // Null: it cannot be said.
    private bool? Compare(JsonElement? body)
    {
        if (body is not { } value)
        {
            return null;
        }

        foreach (var step in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step, out value))
            {
                return false; // it has no such field
            }
        }

        if (constant!.Number is not { } number)
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => constant.Text == value.GetString(),
                JsonValueKind.True or JsonValueKind.False => constant.Flag == value.GetBoolean(),
                _ => false,
            } == (operation == "==");
        }

        return NumberOf(value) is { } field ? Holds(field.CompareTo(number))
            : operation is "==" or "!=" ? operation == "!="
            : null;
    }

    private bool Holds(int order) => operation switch
    {
        ">=" => order >= 0,
        ">" => order > 0,
        "<=" => order <= 0,
        "<" => order < 0,
        "==" => order == 0,
        _ => order != 0,
    };

    private static decimal? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,

        // Beyond what a decimal holds: as large, or as close to zero, as one can be.
        JsonValueKind.Number when value.TryGetDouble(out var number) => number > 1 ? decimal.MaxValue : number < -1 ? decimal.MinValue : 0,
        JsonValueKind.String when decimal.TryParse(value.GetString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}

/// <summary>A constant in a condition.</summary>
internal sealed record Literal(decimal? Number, string? Text, bool? Flag)
{
    public override string ToString() =>
        Number is { } number ? number.ToString(CultureInfo.InvariantCulture)
        : Flag is { } flag ? (flag ? "true" : "false")
        : ConditionReader.Quote(Text!);
}
