namespace Loom.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("vresion", "Did you mean 'version'?")]
    [InlineData("frobnicate", "'frobnicate' is no command or argument of 'loom'.")]
    public async Task An_unknown_command_is_named_with_a_guess(string word, string expected)
    {
        var ran = await Ran.LoomAsync(word);
        Assert.Equal(64, ran.Exit);
        Assert.Contains(expected, ran.Error, StringComparison.Ordinal);
        Assert.Equal("", ran.Out);
    }

    [Fact]
    public async Task Nothing_and_the_word_help_are_answered_with_help()
    {
        var help = (await Ran.LoomAsync("--help")).Good();
        Assert.Contains("demo ", help, StringComparison.Ordinal);
        Assert.Equal(help, (await Ran.LoomAsync()).Good());
        Assert.Equal((await Ran.LoomAsync("log", "proof", "--help")).Good(), (await Ran.LoomAsync("help", "log", "proof")).Good());
        Assert.Equal((await Ran.LoomAsync("version")).Good(), (await Ran.LoomAsync("--version")).Good());
    }

    [Fact]
    public async Task The_words_that_an_argument_may_be_stand_in_one_line()
    {
        var ran = await Ran.LoomAsync("completions", "tcsh");
        Assert.Equal(64, ran.Exit);
        Assert.Contains("Must be one of: 'bash' 'zsh' 'fish' 'pwsh'", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_no_bug_of_ours()
    {
        var folder = Directory.CreateTempSubdirectory("loom-cli-").FullName;
        var ran = await Ran.LoomAsync("config", "set", "samples", "false", "--config", Path.Combine(folder, new string('x', 300)));
        Directory.Delete(folder, recursive: true);
        Assert.Equal(2, ran.Exit);
        Assert.Contains("remedy: Check the path", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_of_an_argument_are_not_echoed()
    {
        var ran = await Ran.LoomAsync("\u001b[2Jboo");
        Assert.Equal(64, ran.Exit);
        Assert.DoesNotContain('\u001b', ran.Error);
    }

    [Fact]
    public async Task An_error_says_what_why_and_the_remedy()
    {
        var ran = await Ran.LoomAsync("run", "--machines", "/nowhere/My.Machines.dll");
        Assert.Equal(64, ran.Exit);
        Assert.Contains("loom: /nowhere/My.Machines.dll does not exist.", ran.Error, StringComparison.Ordinal);
        Assert.Contains("  why:    ", ran.Error, StringComparison.Ordinal);
        Assert.Contains("  remedy: ", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _loom_completions loom")]
    [InlineData("zsh", "compdef _loom_completions loom")]
    [InlineData("fish", "complete -c loom")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Completion_scripts_exist_for_each_shell(string shell, string line)
    {
        var ran = await Ran.LoomAsync("completions", shell);
        Assert.Equal(0, ran.Exit);
        Assert.Contains(line, ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suggestions_complete_a_command_name()
    {
        var ran = await Ran.LoomAsync("[suggest:8]", "loom ver");
        Assert.Equal(0, ran.Exit);
        Assert.Contains("version", ran.Out.Split('\n'));
    }
}
