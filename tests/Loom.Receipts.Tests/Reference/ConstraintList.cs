using System.Globalization;
using System.Text.RegularExpressions;
using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>The list of all columns, constraints and interactions that the prover generates from its code (section 6.5), read as text.</summary>
internal sealed partial class ConstraintList
{
    private static readonly string[] BusNames = ["", "EXEC", "ROM", "MEM", "R16", "SGN", "AND", "PAIR", "POW", "INP", "PIN", "POUT", "HALT", "MORD"];

    public sealed record Table(int Id, string[] Main, string[] Preprocessed, List<string> Constraints, List<string> Interactions);

    public static string Path { get; } = System.IO.Path.Combine(TestData.Root, "prover", "crates", "air", "constraints.md");

    public static IReadOnlyList<Table> Read()
    {
        var tables = new List<Table>();
        List<string> list = [];
        foreach (var line in File.ReadLines(Path))
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                tables.Add(new Table(int.Parse(heading.Groups[1].Value, CultureInfo.InvariantCulture), [], [], [], []));
            }
            else if (tables.Count > 0 && ColumnLine().Match(line) is { Success: true } columns)
            {
                var names = columns.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                tables[^1] = columns.Groups[1].Value == "Main" ? tables[^1] with { Main = names } : tables[^1] with { Preprocessed = names };
            }
            else if (line.StartsWith("Constraints (", StringComparison.Ordinal))
            {
                list = tables[^1].Constraints;
            }
            else if (line.StartsWith("Interactions (", StringComparison.Ordinal))
            {
                list = tables[^1].Interactions;
            }
            else if (Item().Match(line) is { Success: true } item)
            {
                Assert.Equal(list.Count, int.Parse(item.Groups[1].Value, CultureInfo.InvariantCulture));
                list.Add(item.Groups[2].Value);
            }
        }

        return tables;
    }

    /// <summary>A sum of terms such as <c>-2^-16 ts + 2 f1 f2 + 1</c>.</summary>
    public static Goldilocks Sum(string text, IReadOnlyDictionary<string, Goldilocks> cells)
    {
        var (sum, negative) = (default(Goldilocks), false);
        foreach (var part in SignedTerm().Matches(text).Select(m => m.Value))
        {
            negative = part.StartsWith('-');
            var term = Goldilocks.One;
            foreach (var factor in part.TrimStart('+', '-', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                term *= Factor(factor, cells);
            }

            sum = negative ? sum - term : sum + term;
        }

        return sum;
    }

    /// <summary>An interaction such as <c>send (f1 + f2) x R16(wl)</c>.</summary>
    public static (Goldilocks Multiplicity, Bus Bus, Goldilocks[] Tuple) Interaction(string text, IReadOnlyDictionary<string, Goldilocks> cells)
    {
        var match = InteractionForm().Match(text);
        Assert.True(match.Success, text);
        var multiplicity = Sum(match.Groups[2].Value, cells);
        return (
            match.Groups[1].Value == "send" ? multiplicity : default(Goldilocks) - multiplicity,
            (Bus)Array.IndexOf(BusNames, match.Groups[3].Value),
            [.. match.Groups[4].Value.Split(';').Select(t => Sum(t.Trim(), cells))]);
    }

    private static Goldilocks Factor(string factor, IReadOnlyDictionary<string, Goldilocks> cells)
    {
        if (!char.IsAsciiDigit(factor[0]))
        {
            return cells[factor];
        }

        var power = factor.Split('^');
        var number = new Goldilocks(ulong.Parse(power[0], CultureInfo.InvariantCulture));
        var exponent = power.Length == 1 ? 1 : int.Parse(power[1], CultureInfo.InvariantCulture);
        return exponent < 0 ? number.Power((ulong)-exponent).Inverse() : number.Power((ulong)exponent);
    }

    [GeneratedRegex(@"^## (\d+) \w+$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(Main|Preprocessed) columns \(\d+\): (.*)$")]
    private static partial Regex ColumnLine();

    [GeneratedRegex(@"^ +(\d+)  (.+)$")]
    private static partial Regex Item();

    // A sign that stands between terms has a blank before it; the one of an exponent has not.
    [GeneratedRegex(@"(?:^|(?<= ))[-+]? ?(?:[^ +-][^ ]*)(?: [^ +-][^ ]*)*")]
    private static partial Regex SignedTerm();

    [GeneratedRegex(@"^(send|recv) \((.+)\) x (\w+)\((.*)\)$")]
    private static partial Regex InteractionForm();
}
