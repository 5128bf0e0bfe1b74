using System.CommandLine;
using System.CommandLine.Parsing;

namespace Loom.Cli.Output;

/// <summary>What a mistyped command line is answered with: what is wrong, a guess, and where help is. Always on standard error.</summary>
internal static class UsageErrors
{
    private const int LikelyTypo = 2;

    public static int Report(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(parsed.CommandResult);
        if (parsed.UnmatchedTokens.Count == 0 && command.Subcommands.Count > 0 && command.Action is null)
        {
            error.WriteLine($"loom: 'loom {path}' needs one of: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}.");
        }
        else if (parsed.UnmatchedTokens.Count > 0)
        {
            var token = parsed.UnmatchedTokens[0];
            error.WriteLine($"loom: '{Printable.Line(token)}' is no {(token.StartsWith('-') ? "option" : "command or argument")} of 'loom{(path.Length > 0 ? " " + path : "")}'.{Guess(command, token)}");
        }
        else
        {
            foreach (var message in parsed.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal))
            {
                error.WriteLine($"loom: {Printable.Line(string.Join(' ', message.Split('\n', '\t').Select(l => l.Trim()).Where(l => l.Length > 0)))}");
            }
        }

        error.WriteLine($"  remedy: see 'loom {(path.Length > 0 ? path + " " : "")}--help'.");
        return ExitCodes.Usage;
    }

    private static string PathOf(CommandResult result)
    {
        var names = new Stack<string>();
        for (; result.Parent is CommandResult parent; result = parent)
        {
            names.Push(result.Command.Name);
        }

        return string.Join(' ', names);
    }

    private static string Guess(Command command, string token)
    {
        var names = command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).Concat(command.Options.Select(o => o.Name));
        var best = names.Select(n => (Name: n, Distance: Distance(n, token))).Where(c => c.Distance <= LikelyTypo).OrderBy(c => c.Distance).FirstOrDefault();
        return best.Name is null ? "" : $" Did you mean '{best.Name}'?";
    }

    /// <summary>Levenshtein's distance, cut off for long input.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > LikelyTypo)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var next = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }

        return row[b.Length];
    }
}
