using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Loom.Core;

namespace Loom.Samples.Tests.Modules.Statement;

/// <summary>A bank's file, written in one of the many ways that banks have, and the record that has to come out of it, summed up here.</summary>
internal sealed class CsvFile
{
    private static readonly string[] Accounts = ["DE02", "DE10", "de02", "Zoë", "𝄞", "Ａ", "1"];
    private static readonly string[] Words = ["rent", "Miete;", "a,b", "\"quoted\"", "two\nlines", "three\r\nlines", "tab\there", "𝄞", "é\u00a0è", ""];
    private readonly Random _random;
    private readonly StringBuilder _csv = new();
    private readonly char _separator, _decimal, _group;
    private readonly List<(string Account, long Cents, string Date, string Text)> _entries = [];
    private readonly List<(int Line, string Why)> _refused = [];

    public CsvFile(int seed)
    {
        _random = new Random(seed);
        _separator = Pick(",;".ToCharArray());
        (_decimal, _group) = _separator == ';' ? (',', '.') : ('.', ',');
        var columns = ((string[])["date", "account", "text", "amount", "balance", "note"])[..(4 + _random.Next(3))];
        _random.Shuffle(columns);
        Line([.. columns.Select(c => Chance(5) ? $" {c} " : c)]);
        for (var rows = _random.Next(25); rows > 0; rows--)
        {
            if (Chance(10)) _csv.Append(Pick("\n", "\r\n"));
            if (Chance(6)) Bad(columns);
            else Good(columns);
        }

        if (Chance(3)) _csv.Length -= _csv[^2] == '\r' ? 2 : 1; // a last line without its end
    }

    public string Csv => _csv.ToString();

    /// <summary>The state that the module has to give, canonical.</summary>
    public byte[] Record()
    {
        var json = new JsonObject
        {
            ["accounts"] = new JsonArray([.. _entries.GroupBy(e => e.Account).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Sums(g.Select(e => e.Cents), new() { ["account"] = g.Key }))]),
            ["entries"] = new JsonArray([.. _entries.OrderBy(e => e.Date, StringComparer.Ordinal).ThenBy(e => e.Account, StringComparer.Ordinal).Select(e =>
                new JsonObject { ["account"] = e.Account, ["amount"] = Number(e.Cents), ["date"] = e.Date, ["text"] = e.Text })]),
            ["refused"] = new JsonArray([.. _refused.Select(r => new JsonObject { ["line"] = r.Line, ["why"] = r.Why })]),
            ["totals"] = Totals(),
        };
        return Canonical(json);
    }

    /// <summary>The event's data that the module has to give, canonical.</summary>
    public byte[] Event() => Canonical(new JsonArray(new JsonObject { ["data"] = Totals(), ["type"] = "transformed.v1" }));

    private JsonObject Totals() =>
        Sums(_entries.Select(e => e.Cents), new() { ["accounts"] = _entries.Select(e => e.Account).Distinct().Count(), ["refused"] = _refused.Count });

    private static JsonObject Sums(IEnumerable<long> cents, JsonObject into)
    {
        var all = cents.ToArray();
        into["count"] = all.Length;
        into["credits"] = Number(all.Where(c => c > 0).Sum());
        into["debits"] = Number(-all.Where(c => c < 0).Sum());
        into["net"] = Number(all.Sum());
        return into;
    }

    private void Good(string[] columns)
    {
        var (account, text) = (Pick(Accounts), string.Join(Pick(" ", "  ", "\u00a0"), Enumerable.Range(0, _random.Next(4)).Select(_ => Pick(Words))));
        var day = new DateOnly(1999, 12, 25).AddDays(_random.Next(20_000));
        var cents = Chance(8) ? Pick(0L, 1L, -1L, 999_999_999_999L, -999_999_999_999L, 10L) : _random.NextInt64(-2_000_000, 2_000_000);
        _entries.Add((account, cents, Iso(day), Tidy(text)));
        Row(columns, day, account, text, Amount(cents));
    }

    // One thing wrong with a row, the one that the module sees first.
    private void Bad(string[] columns)
    {
        var day = new DateOnly(2026, 2, 28);
        switch (_random.Next(5))
        {
            case 0:
                Refuse("the date is none");
                Row(columns, Pick("2026-02-29", "31.04.2026", "", "2026-1-01", "yesterday"), "A", "x", "1");
                break;
            case 1:
                Refuse("an account has 1 to 34 characters");
                Row(columns, Iso(day), Pick("", new string('A', 35)), "x", "1");
                break;
            case 2:
                Refuse("the amount is none");
                Row(columns, Iso(day), "A", "x", Pick("", "-", "1" + _group, "1" + _group + "23", _decimal + "5", "1" + _decimal, "1" + _decimal + "234", "--1", "1e3", "12345678901", $"1{_group}234{_group}56", $"1234{_group}567"));
                break;
            case 3:
                Refuse("the text is longer than 200 characters");
                Row(columns, Iso(day), "A", new string('x', 201), "1");
                break;
            default:
                Refuse($"it has 2 fields, the header {columns.Length}");
                Line(["a", "b"]);
                break;
        }
    }

    private void Refuse(string why) => _refused.Add((1 + Csv.Count(c => c == '\n'), why));

    private void Row(string[] columns, DateOnly day, string account, string text, string amount) =>
        Row(columns, Chance(3) ? day.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture) : Iso(day), account, text, amount);

    private void Row(string[] columns, string date, string account, string text, string amount) =>
        Line([.. columns.Select(c => c switch { "date" => date, "account" => account, "text" => text, "amount" => amount, _ => Pick("", "7", "y") })]);

    private void Line(string[] fields)
    {
        _csv.AppendJoin(_separator, fields.Select(Field)).Append(Pick("\n", "\r\n"));
    }

    private string Field(string value)
    {
        var mustQuote = value.AsSpan().IndexOfAny($"\"\r\n{_separator}") >= 0;
        return mustQuote || Chance(4) ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : Chance(6) ? $"  {value} " : value;
    }

    // With or without group marks, and with as many digits behind the decimal mark as there need be, or two.
    private string Amount(long cents)
    {
        var (whole, rest) = (Math.Abs(cents) / 100, Math.Abs(cents) % 100);
        var digits = whole.ToString(Chance(2) ? "#,##0" : "0", CultureInfo.InvariantCulture).Replace(',', _group);
        var fraction = rest == 0 && Chance(2) ? "" : rest % 10 == 0 && Chance(2) ? $"{_decimal}{rest / 10}" : $"{_decimal}{rest:00}";
        return (cents < 0 ? "-" : "") + digits + fraction;
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Tidy(string text) => string.Join(' ', text.Split([' ', '\t', '\r', '\n', '\u00a0'], StringSplitOptions.RemoveEmptyEntries));

    private static byte[] Canonical(JsonNode json) => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private bool Chance(int of) => _random.Next(of) == 0;

    private T Pick<T>(params T[] from) => from[_random.Next(from.Length)];
}
