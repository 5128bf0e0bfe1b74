using System.Globalization;
using System.Text.Json;

namespace Loom.Proving;

/// <summary>
/// Reads conditions: <c>TERM (and TERM)*</c>, joined by <c>or</c>, which binds less. A term is <c>command</c> or <c>event</c>, maybe
/// <c>(NAME)</c>, then maybe <c>.FIELD.FIELD OP CONSTANT</c>. Names with other characters stand in double quotes.
/// </summary>
internal sealed class ConditionReader
{
    private const int MaxLength = 2000;
    private static readonly string[] Operations = [">=", "<=", "==", "!=", ">", "<"];
    private readonly string _text;
    private int _at;

    private ConditionReader(string text) => _text = text;

    /// <exception cref="FormatException">It is no condition; the message says where and what was expected.</exception>
    public static Condition Read(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"The condition has {text.Length} characters; at most {MaxLength} are taken.");
        }

        var reader = new ConditionReader(text.Trim());
        var condition = reader.Joined("or", () => reader.Joined("and", reader.Term, parts => new AllOf(parts)), parts => new AnyOf(parts));
        return reader._at == reader._text.Length ? condition : throw reader.Wrong("'and', 'or' or the end");
    }

    /// <summary>A name, in quotes where it would not read back without.</summary>
    public static string Quoted(string name) => name.Length > 0 && name.All(IsPlain) ? name : Quote(name);

    /// <summary>Text in quotes.</summary>
    public static string Quote(string text) => "\"" + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";

    /// <summary>Text from outside, cut to what a message can bear.</summary>
    public static string Shorten(string text) => text.Length > 80 ? text[..80] + "…" : text;

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private Condition Joined(string word, Func<Condition> part, Func<IReadOnlyList<Condition>, Condition> join)
    {
        var parts = new List<Condition> { part() };
        while (Word(word))
        {
            parts.Add(part());
        }

        return parts.Count == 1 ? parts[0] : join(parts);
    }

    private Comparison Term()
    {
        var source = Word("command") ? Source.Command : Word("event") ? Source.Event : throw Wrong("'command' or 'event'");
        string? name = null;
        if (Symbol("("))
        {
            name = Name(inParentheses: true);
            Require(Symbol(")"), "')'");
        }

        var path = new List<string>();
        while (Symbol("."))
        {
            path.Add(Name(inParentheses: false));
        }

        if (path.Count == 0)
        {
            Require(name is not null, "'(NAME)' or '.FIELD'");
            return new Comparison(source, name, path, null, null);
        }

        var operation = Operations.FirstOrDefault(Symbol) ?? throw Wrong("one of >= > <= < == !=");
        var constant = Constant();
        Require(constant.Number is not null || operation is "==" or "!=", "a number: text and truth values are only equal or not");
        return new Comparison(source, name, path, operation, constant);
    }

    private Literal Constant()
    {
        Skip();
        if (_at < _text.Length && _text[_at] == '"')
        {
            return new Literal(null, Text(), null);
        }

        if (Word("true"))
        {
            return new Literal(null, null, true);
        }

        if (Word("false"))
        {
            return new Literal(null, null, false);
        }

        var start = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] is '.' or '-'))
        {
            _at++;
        }

        if (decimal.TryParse(_text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return new Literal(number, null, null);
        }

        _at = start;
        throw Wrong("a number, \"text\", true or false");
    }

    // The names of commands and events have dots in them, which between fields separate.
    private string Name(bool inParentheses)
    {
        Skip();
        if (_at < _text.Length && _text[_at] == '"')
        {
            return Text();
        }

        var start = _at;
        while (_at < _text.Length && (IsPlain(_text[_at]) || (inParentheses && _text[_at] is '.' or ':')))
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw Wrong("a name");
    }

    private string Text()
    {
        var start = _at++;
        while (_at < _text.Length && _text[_at] != '"')
        {
            _at += _text[_at] == '\\' ? 2 : 1;
        }

        _at = Math.Min(_at + 1, _text.Length);
        try
        {
            return JsonSerializer.Deserialize(_text[start.._at], PolicyJson.Default.String)!;
        }
        catch (JsonException)
        {
            _at = start;
            throw Wrong("text in double quotes");
        }
    }

    private bool Word(string word)
    {
        Skip();
        var end = _at + word.Length;
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0 || (end < _text.Length && IsPlain(_text[end])))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private bool Symbol(string symbol)
    {
        Skip();
        if (string.CompareOrdinal(_text, _at, symbol, 0, symbol.Length) != 0)
        {
            return false;
        }

        _at += symbol.Length;
        return true;
    }

    private void Skip()
    {
        while (_at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }
    }

    private void Require(bool holds, string expected)
    {
        if (!holds)
        {
            throw Wrong(expected);
        }
    }

    private FormatException Wrong(string expected) => new(
        $"The condition '{Shorten(_text)}' is wrong at character {_at + 1}: expected {expected}, found {(_at < _text.Length ? $"'{Shorten(_text[_at..])}'" : "its end")}.");
}
