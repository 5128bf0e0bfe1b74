using System.Text.RegularExpressions;

namespace Loom.Infra.Tests.Observability;

/// <summary>A metric asked for: its name, its label matchers, its range if it has one, and the function that it is handed to.</summary>
internal sealed record Selector(string Metric, IReadOnlyList<(string Label, string Value)> Labels, string? Range, string? Function, IReadOnlyList<string> By);

/// <summary>
/// The part of PromQL that our boards and alerts use: selectors with equality, ranges, functions, aggregations, operators. Whatever else
/// stands in an expression is refused, so that nothing goes by unchecked.
/// </summary>
internal sealed partial class PromQl
{
    private static readonly string[] Aggregations = ["sum", "max", "min", "avg", "count"];
    private static readonly string[] OfRange = ["rate", "increase", "deriv", "predict_linear", "min_over_time", "max_over_time"];
    private static readonly string[] OfInstant = ["histogram_quantile", "vector"];
    private static readonly string[] Operators = ["+", "-", "*", "/", "==", "!=", ">", "<", ">=", "<=", "or", "and", "unless"];

    private readonly List<string> _tokens;
    private readonly List<Selector> _found = [];
    private int _at;

    private PromQl(string text)
    {
        _tokens = [.. Token().Matches(text).Select(m => m.Value)];
        if (string.Concat(_tokens).Length != Space().Replace(text, "").Length)
        {
            throw new FormatException($"'{text}' has something that is no token.");
        }
    }

    /// <summary>Every selector of an expression.</summary>
    /// <exception cref="FormatException">It is no expression of this part.</exception>
    public static IReadOnlyList<Selector> Selectors(string text)
    {
        var parser = new PromQl(text);
        parser.Expression(null, []);
        return parser._at == parser._tokens.Count ? parser._found : throw new FormatException($"'{text}' goes on after its end, at '{parser.Now}'.");
    }

    private string Now => _at < _tokens.Count ? _tokens[_at] : "";

    private void Expression(string? function, IReadOnlyList<string> by)
    {
        Operand(function, by);
        while (Operators.Contains(Now))
        {
            _at++;
            Operand(function, by);
        }
    }

    private void Operand(string? function, IReadOnlyList<string> by)
    {
        if (Number().IsMatch(Now))
        {
            _at++;
        }
        else if (Now == "(")
        {
            _at++;
            Expression(function, by);
            Take(")");
        }
        else if (Aggregations.Contains(Now))
        {
            _at++;
            var labels = Now == "by" ? Labels() : [];
            Take("(");
            Expression(function, [.. by, .. labels]);
            Take(")");
        }
        else if (OfRange.Contains(Now) || OfInstant.Contains(Now))
        {
            var name = _tokens[_at++];
            Take("(");
            Expression(name, by);
            while (Now == ",")
            {
                _at++;
                Expression(name, by);
            }

            Take(")");
        }
        else if (Name().IsMatch(Now))
        {
            OneSelector(function, by);
        }
        else
        {
            throw new FormatException($"'{Now}' is not expected in '{string.Join(' ', _tokens)}'.");
        }
    }

    private void OneSelector(string? function, IReadOnlyList<string> by)
    {
        var metric = _tokens[_at++];
        var labels = new List<(string, string)>();
        if (Now == "{")
        {
            do
            {
                _at++;
                var label = _tokens[_at++];
                Take("=");
                labels.Add((label, _tokens[_at++].Trim('"')));
            }
            while (Now == ",");
            Take("}");
        }

        string? range = null;
        if (Now == "[")
        {
            _at++;
            range = _tokens[_at++];
            Take("]");
        }

        if (OfRange.Contains(function) != range is not null)
        {
            throw new FormatException(range is null ? $"{function} wants {metric} with a range." : $"{metric} has a range that nothing takes.");
        }

        _found.Add(new Selector(metric, labels, range, function, by));
    }

    private List<string> Labels()
    {
        var labels = new List<string>();
        Take("by");
        Take("(");
        labels.Add(_tokens[_at++]);
        while (Now == ",")
        {
            _at++;
            labels.Add(_tokens[_at++]);
        }

        Take(")");
        return labels;
    }

    private void Take(string token)
    {
        if (Now != token)
        {
            throw new FormatException($"'{token}' is missing before '{Now}' in '{string.Join(' ', _tokens)}'.");
        }

        _at++;
    }

    [GeneratedRegex("""\$__rate_interval|\d+[smhd]\b|\d+(\.\d+)?(e\d+)?|[a-z_][a-z0-9_]*|"[^"]*"|==|!=|>=|<=|[-+*/><=(){}\[\],]""")]
    private static partial Regex Token();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"\A\d+(\.\d+)?(e\d+)?\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]*\z")]
    private static partial Regex Name();
}
