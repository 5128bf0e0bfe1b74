using Loom.Configuration;
using Loom.Testing;

namespace Loom.Cli.Tests.Config;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    private string File => _folder["loom.json"];

    public void Dispose() => _folder.Dispose();

    private Task<Ran> ConfigAsync(params string[] args) => Ran.LoomAsync(["config", .. args, "--config", File]);

    [Fact]
    public async Task Set_writes_the_file_and_get_says_value_file_and_line()
    {
        _folder.Write("loom.json", "{\n  // my own words\n  \"samples\": false\n}\n");
        var set = await ConfigAsync("set", "logging.level", "debug");
        Assert.Equal($"{File}, line 4: logging.level = debug\nA running host that reads this file takes it at once.\n", set.Good());
        Assert.Equal("{\n  // my own words\n  \"samples\": false,\n  \"logging\": { \"level\": \"debug\" }\n}\n", await System.IO.File.ReadAllTextAsync(File));
        var get = await ConfigAsync("get", "logging.level");
        Assert.Equal((0, "debug\n", $"from {File}, line 4\n"), (get.Exit, get.Out, get.Error));
    }

    [Fact]
    public async Task A_setting_that_nobody_set_comes_from_its_default()
    {
        _folder.Write("loom.json", "{}");
        var get = await ConfigAsync("get", "runtime.mailbox", "--json");
        Assert.Equal(("256", "default"), (get.Json().GetProperty("value").GetString(), get.Json().GetProperty("source").GetString()));
    }

    [Fact]
    public async Task A_variable_beats_the_file_and_both_get_and_set_say_so()
    {
        _folder.Write("loom.json", """{ "environment": "staging" }""");
        var variables = new Dictionary<string, string?> { ["LOOM_ENV"] = "production", ["LOOM_CONFIG"] = File };
        var get = await ChildOf.DotNetAsync(_folder.Root, variables, ChildOf.LoomDll, "config", "get", "environment");
        Assert.Equal((0, "production", "from variable LOOM_ENV"), (get.Exit, get.Out.Trim(), get.Error.Trim()));
        var set = await ChildOf.DotNetAsync(_folder.Root, variables, ChildOf.LoomDll, "config", "set", "environment", "test");
        Assert.Contains("But LOOM_ENV is set in this environment, and a variable beats the file.", set.Good(), StringComparison.Ordinal);
        Assert.Equal("""{ "environment": "test" }""", await System.IO.File.ReadAllTextAsync(File));
    }

    [Theory]
    [InlineData("logging.level", "loud", "'loud' is none of trace, debug, information, warning, error, none.")]
    [InlineData("runtime.mailbox", "0", "'0' is no integer from 1 to 1000000.")]
    [InlineData("samples", "yes", "'yes' is neither true nor false.")]
    [InlineData("urls", "http://0.0.0.0:80", "can be reached from other machines")]
    [InlineData("logging.levle", "debug", "did you mean 'logging.level'?")]
    [InlineData("machines", "a;b", "holds a semicolon")]
    public async Task A_bad_value_is_refused_with_its_reason_and_nothing_is_written(string name, string value, string reason)
    {
        var ran = await Ran.LoomAsync("config", "set", name, value, "--config", _folder.Write("loom.json", "{}"));
        Assert.Equal(64, ran.Exit);
        Assert.Contains(reason, ran.Error, StringComparison.Ordinal);
        Assert.Equal("{}", await System.IO.File.ReadAllTextAsync(File));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Root));
    }

    [Fact]
    public async Task A_list_takes_several_values_and_the_others_one()
    {
        _folder.Write("loom.json", "{}");
        (await ConfigAsync("set", "machines", "a.dll", "b.dll")).Good();
        Assert.Equal("""{ "machines": ["a.dll", "b.dll"] }""", await System.IO.File.ReadAllTextAsync(File));
        var two = await ConfigAsync("set", "environment", "my", "place");
        Assert.Equal(64, two.Exit);
        Assert.Contains("environment takes one value, not 2.", two.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n  \"logging\": {\n    \"level\": \"loud\"\n  }\n}", "line 3: logging.level: 'loud' is none of")]
    [InlineData("{\n  \"dta\": \"x\"\n}", "line 2: 'dta' is no setting; did you mean 'data'?")]
    [InlineData("{\n  \"data\": \"x\"\n", "line 3: Not JSON")]
    [InlineData("[]", "line 1: The file must hold one JSON object.")]
    [InlineData("{\n\n  \"urls\": \"http://10.0.0.1:80\"\n}", "line 3: http://10.0.0.1:80 can be reached from other machines")]
    [InlineData("{ \"samples\": true,\n \"samples\": false }", "line 2: 'samples' stands here a second time.")]
    public async Task A_bad_file_is_refused_with_line_and_reason_by_every_command(string content, string expected)
    {
        _folder.Write("loom.json", content);
        foreach (var args in new string[][] { ["validate", File], ["get", "data", "--config", File], ["explain", "--config", File] })
        {
            var ran = await Ran.LoomAsync(["config", .. args]);
            Assert.Equal(2, ran.Exit);
            Assert.Contains($"{File}, {expected}", ran.Error, StringComparison.Ordinal);
        }

        var json = await Ran.LoomAsync("config", "validate", File, "--json");
        Assert.Equal(2, json.Exit);
        Assert.Contains("\"valid\": false", json.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_file_is_not_changed()
    {
        _folder.Write("loom.json", "{ \"data\" }");
        var ran = await ConfigAsync("set", "samples", "true");
        Assert.Equal(2, ran.Exit);
        Assert.Equal("{ \"data\" }", await System.IO.File.ReadAllTextAsync(File));
    }

    [Fact]
    public async Task A_good_file_validates_and_one_that_was_named_must_exist()
    {
        Assert.Contains("is good.", (await Ran.LoomAsync("config", "validate", _folder.Write("loom.json", "{ /* fine */ \"samples\": false, }"))).Good(), StringComparison.Ordinal);
        var absent = await Ran.LoomAsync("config", "validate", _folder["nothing.json"]);
        Assert.Equal(2, absent.Exit);
        Assert.Contains("There is no such file.", absent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_names_every_setting_with_flag_variable_and_source()
    {
        _folder.Write("loom.json", """{ "samples": false }""");
        var all = (await ConfigAsync("explain")).Good();
        Assert.All(ConfigSchema.All, s => Assert.Contains($"{s.Name} = ", all, StringComparison.Ordinal));
        var one = (await ConfigAsync("explain", "samples")).Good();
        Assert.Contains($"samples = false   [{File}, line 1]", one, StringComparison.Ordinal);
        Assert.Contains("Takes true or false. Flag --samples, variable LOOM_SAMPLES.", one, StringComparison.Ordinal);
        Assert.Equal(ConfigSchema.All.Count, (await ConfigAsync("explain", "--json")).Json().GetArrayLength());
    }

    [ProgramFact("bash", "bash")]
    public async Task A_file_behind_a_link_keeps_the_link_and_its_mode()
    {
        _folder.Write("real.json", "{}");
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(_folder["real.json"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        System.IO.File.CreateSymbolicLink(File, "real.json");
        (await ConfigAsync("set", "samples", "false")).Good();
        Assert.Equal("real.json", new FileInfo(File).LinkTarget);
        Assert.Equal("""{ "samples": false }""", await System.IO.File.ReadAllTextAsync(_folder["real.json"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(_folder["real.json"]));
        }
    }
}
