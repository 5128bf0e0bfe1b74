using Loom.Configuration;
using Loom.Hosting.Configuration;

namespace Loom.Host.Tests.Configuration;

/// <summary>A flag beats a variable, a variable beats the file, the file beats the default.</summary>
public sealed class PrecedenceTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_strongest_source_wins_setting_by_setting()
    {
        var settings = Load(
            """{ "environment": "file", "limits": { "body": 2000, "tails": 7 }, "drain.seconds": 9 }""",
            ["--environment", "flag", "--limits.body=3000"],
            new() { ["LOOM_ENV"] = "variable", ["LOOM_LIMITS_TAILS"] = "8" });
        Assert.Equal(
            [("environment", "flag", ConfigSource.Flag), ("limits.body", "3000", ConfigSource.Flag), ("limits.tails", "8", ConfigSource.Environment), ("drain.seconds", "9", ConfigSource.File), ("samples", "true", ConfigSource.Default)],
            new[] { "environment", "limits.body", "limits.tails", "drain.seconds", "samples" }.Select(n => settings.Now.All.Single(s => s.Setting.Name == n)).Select(s => (s.Setting.Name, s.Value, s.Source)));
    }

    [Fact]
    public void Every_setting_can_be_given_all_three_ways()
    {
        foreach (var setting in ConfigSchema.All)
        {
            var value = Other(setting);
            var json = $"{{\"{setting.Name}\": {(setting.Kind is SettingKind.Integer or SettingKind.Switch ? value : $"\"{value}\"")}}}";
            Assert.Equal((value, ConfigSource.File), InForce(Load(json, [], []), setting));
            Assert.Equal((value, ConfigSource.Environment), InForce(Load("{}", [], new() { [setting.Variable] = value }), setting));
            Assert.Equal((value, ConfigSource.Flag), InForce(Load("{}", [$"--{setting.Name}", value], []), setting));
        }
    }

    [Fact]
    public void The_environment_may_name_the_file()
    {
        File.WriteAllText(_folder["other.json"], """{"environment":"there"}""");
        var settings = LiveSettings.Load([], [new("LOOM_CONFIG", _folder["other.json"])]);
        Assert.Equal("there", settings.Now.Environment);
    }

    [Theory]
    [InlineData("{\n  \"limits\": {\n    \"body\": \"much\"\n  }\n}", "line 3", "'much' is no integer")]
    [InlineData("{\n  \"limit\": { \"body\": 2000 }\n}", "line 2", "did you mean 'limits.body'?")]
    [InlineData("{\n  \"samples\": [\"true\"]\n}", "line 2", "not an array")]
    [InlineData("{\n  \"samples\": true,\n  \"samples\": false\n}", "line 3", "second time")]
    [InlineData("{\n  \"samples\": true,,\n}", "line 2", "Not JSON")]
    [InlineData("[]", "line 1", "one JSON object")]
    [InlineData("{\n\"logging\": {\"level\": \"loud\"}}", "line 2", "none of trace")]
    public void A_bad_file_is_refused_with_line_and_reason(string json, string line, string reason)
    {
        var e = Assert.Throws<ConfigurationException>(() => Load(json, [], []));
        Assert.Contains($"{_folder["loom.json"]}, {line}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--limits.body", "--limits.body: A value is missing")]
    [InlineData("--limits.boddy=5", "did you mean 'limits.body'?")]
    [InlineData("limits.body", "begins with --")]
    [InlineData("--limits.body=0", "1024 to")]
    [InlineData("--config=/nowhere/loom.json", "There is no such file")]
    public void A_bad_flag_is_refused_by_name(string flag, string reason) =>
        Assert.Contains(reason, Assert.Throws<ConfigurationException>(() => LiveSettings.Load([flag], [])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_bad_variable_is_refused_by_name() =>
        Assert.Contains("LOOM_LIMITS_BODY: 'x' is no integer", Assert.Throws<ConfigurationException>(() => LiveSettings.Load([], [new("LOOM_LIMITS_BODY", "x")])).Message, StringComparison.Ordinal);

    private LiveSettings Load(string json, string[] flags, Dictionary<string, string> variables)
    {
        File.WriteAllText(_folder["loom.json"], json);
        return LiveSettings.Load(["--config", _folder["loom.json"], .. flags], variables);
    }

    private static (string, ConfigSource) InForce(LiveSettings settings, Setting setting) => settings.Now.All.Where(s => s.Setting == setting).Select(s => (s.Value, s.Source)).Single();

    private static string Other(Setting s) => s.Kind switch
    {
        SettingKind.Integer => (s.Min + 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
        SettingKind.Switch => s.Default == "true" ? "false" : "true",
        SettingKind.Choice => s.Choices.First(c => c != s.Default),
        _ => "something",
    };
}
