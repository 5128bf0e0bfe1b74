using System.CommandLine;
using System.Text;
using Loom.Testing;

namespace Loom.Cli.Tests;

/// <summary><c>docs/cli.md</c> is what <c>--help</c> says; LOOM_UPDATE=1 writes it anew.</summary>
public sealed class HelpTests
{
    private static readonly string Page = Path.Combine(TestData.Root, "docs", "cli.md");

    [Fact]
    public async Task The_page_of_commands_is_what_help_says()
    {
        var expected = await WriteAsync();
        if (Environment.GetEnvironmentVariable("LOOM_UPDATE") == "1")
        {
            await File.WriteAllTextAsync(Page, expected);
        }

        Assert.True(File.Exists(Page), $"{Page} is missing; run this test with LOOM_UPDATE=1.");
        Assert.Equal(expected, (await File.ReadAllTextAsync(Page)).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Every_command_and_option_is_described()
    {
        var bare = new List<string>();
        Visit(LoomApp.CreateRoot(), "loom", (path, command) =>
        {
            bare.AddRange(command.Options.Where(o => string.IsNullOrWhiteSpace(o.Description)).Select(o => $"{path} {o.Name}"));
            bare.AddRange(command.Arguments.Where(a => string.IsNullOrWhiteSpace(a.Description)).Select(a => $"{path} {a.Name}"));
            if (string.IsNullOrWhiteSpace(command.Description))
            {
                bare.Add(path);
            }
        });
        Assert.Empty(bare);
    }

    private static async Task<string> WriteAsync()
    {
        var text = new StringBuilder();
        text.Append(
            """
            # The `loom` command

            What follows is each command's own `--help`; a test compares them. Every command takes `--json`. Commands that ask a host take
            `--host URL` (or `LOOM_HOST`) and `--token TOKEN` (or `LOOM_TOKEN`, which does not show up in a list of processes).

            | exit code | meaning |
            |---|---|
            | 0 | done |
            | 1 | understood, and answered no: a rejected command, a conflict, a false claim, a damaged journal, a module that is no machine |
            | 2 | malformed input: JSON, a bundle, a trust file, an event log, a module |
            | 3 | a required claim is not covered by the evidence |
            | 64 | wrong usage |
            | 69 | something needed cannot be reached: the host, a built checkout |
            | 70 | a bug in Loom |
            | 74 | `loom run`: the stored data is damaged |
            | 75 | `loom run`: another process has the data folder or the address |
            | 130 | cancelled |


            """.ReplaceLineEndings("\n"));
        var pages = new List<string[]>();
        Visit(LoomApp.CreateRoot(), "loom", (path, _) => pages.Add(path.Split(' ')));
        foreach (var page in pages)
        {
            var ran = await Ran.LoomAsync([.. page[1..], "--help"]);
            Assert.Equal(0, ran.Exit);
            var lines = ran.Out.Replace($"  {RootCommand.ExecutableName}", "  loom", StringComparison.Ordinal).Split('\n').Select(l => l.TrimEnd()).ToList();
            text.Append(null, $"## {string.Join(' ', page)}\n\n```text\n{string.Join('\n', lines).Trim()}\n```\n\n");
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static void Visit(Command command, string path, Action<string, Command> visit)
    {
        visit(path, command);
        foreach (var child in command.Subcommands.Where(c => !c.Hidden))
        {
            Visit(child, $"{path} {child.Name}", visit);
        }
    }
}
