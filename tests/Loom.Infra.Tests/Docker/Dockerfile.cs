using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loom.Infra.Tests.Docker;

/// <summary>One instruction of a Dockerfile: its name, its flags (<c>--from=build</c>), and what follows.</summary>
internal sealed record Instruction(string Name, IReadOnlyDictionary<string, string> Flags, string Rest)
{
    /// <summary>The words, from the JSON form or split at spaces.</summary>
    public IReadOnlyList<string> Words => Rest.StartsWith('[') ? JsonSerializer.Deserialize<string[]>(Rest)! : Rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Reads Dockerfiles: comments and continued lines, instructions that exist.</summary>
internal static partial class Dockerfile
{
    private static readonly string[] Known = ["FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"];

    /// <exception cref="FormatException">A line is no instruction that we use.</exception>
    public static IReadOnlyList<Instruction> Read(string text)
    {
        var lines = text.Split('\n').Where(l => !l.TrimStart().StartsWith('#'));
        var joined = Continued().Replace(string.Join('\n', lines), " ");
        return [.. joined.Split('\n').Where(l => l.Trim().Length > 0).Select(One)];
    }

    private static Instruction One(string line)
    {
        var parts = line.Trim().Split(' ', 2, StringSplitOptions.TrimEntries);
        if (parts.Length < 2 || !Known.Contains(parts[0]))
        {
            throw new FormatException($"'{line}' is no instruction.");
        }

        var flags = new Dictionary<string, string>();
        var rest = parts[1];
        while (Flag().Match(rest) is { Success: true } flag)
        {
            flags.Add(flag.Groups[1].Value, flag.Groups[2].Value);
            rest = rest[flag.Length..];
        }

        return new Instruction(parts[0], flags, rest);
    }

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"\A--([a-z-]+)=(\S+)\s+")]
    private static partial Regex Flag();
}
