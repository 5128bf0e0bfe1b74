using System.Text.RegularExpressions;
using Loom.Testing;

namespace Loom.Architecture.Tests;

/// <summary>Rules that are easiest read from the sources.</summary>
public sealed partial class SourceTests
{
    private static readonly string[] Libraries =
        ["Loom.Core", "Loom.Journal", "Loom.EventStoreDb", "Loom.Coordination", "Loom.Runtime", "Loom.Provenance"];

    [Fact]
    public void Libraries_take_the_time_from_a_TimeProvider() =>
        Assert.Empty(Hits(AmbientTime(), Libraries.Select(l => Path.Combine("src", l)), except: Path.Combine("Machines", "Rules")));

    [Fact]
    public void Libraries_do_not_write_to_the_console() =>
        Assert.Empty(Hits(ConsoleWrite(), Libraries.Select(l => Path.Combine("src", l))));

    [Fact]
    public void Nothing_is_left_unfinished() =>
        Assert.Empty(Hits(Unfinished(), ["src", "web", "samples", "tests", "e2e"], except: nameof(SourceTests)));

    [Fact]
    public void Every_journal_runs_the_contract_suite()
    {
        var adapters = Matches(JournalAdapter(), ["src"]);
        var suites = Matches(ContractSuite(), ["tests"]);

        Assert.NotEmpty(adapters);
        Assert.All(adapters, adapter => Assert.Contains(suites, suite => suite.StartsWith(adapter, StringComparison.Ordinal)));
    }

    [Fact]
    public void Links_between_the_pages_lead_somewhere()
    {
        var pages = Directory.EnumerateFiles(TestData.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(TestData.Root, "docs"), "*.md", SearchOption.AllDirectories));
        var dead = from page in pages
                   from Match match in PageLink().Matches(File.ReadAllText(page))
                   let target = match.Groups[1].Value
                   where !File.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)) && !Directory.Exists(Path.Combine(Path.GetDirectoryName(page)!, target))
                   select $"{Path.GetRelativePath(TestData.Root, page)} → {target}";

        Assert.Empty(dead);
    }

    private static List<string> Hits(Regex pattern, IEnumerable<string> folders, string? except = null) =>
    [
        .. from file in Sources(folders)
           where except is null || !file.Contains(except, StringComparison.Ordinal)
           from line in File.ReadLines(file).Select((text, i) => (text, number: i + 1))
           where pattern.IsMatch(line.text) && !line.text.TrimStart().StartsWith("//", StringComparison.Ordinal)
           select $"{Path.GetRelativePath(TestData.Root, file)}:{line.number} {line.text.Trim()}",
    ];

    private static List<string> Matches(Regex pattern, IEnumerable<string> folders) =>
        [.. Sources(folders).SelectMany(f => pattern.Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))];

    private static IEnumerable<string> Sources(IEnumerable<string> folders) =>
        from folder in folders
        let path = Path.Combine(TestData.Root, folder)
        where Directory.Exists(path)
        from file in Directory.EnumerateFiles(path, "*.*", SearchOption.AllDirectories)
        where file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        where !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        select file;

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b")]
    private static partial Regex AmbientTime();

    [GeneratedRegex(@"\bConsole\.(Write|Error|Out)")]
    private static partial Regex ConsoleWrite();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"class (\w+)(?:\([^)]*\))?\s*:[^{\n]*\bIJournal\b")]
    private static partial Regex JournalAdapter();

    [GeneratedRegex(@"class (\w+)(?:\([^)]*\))?\s*:\s*JournalContract\b")]
    private static partial Regex ContractSuite();

    [GeneratedRegex(@"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex PageLink();
}
