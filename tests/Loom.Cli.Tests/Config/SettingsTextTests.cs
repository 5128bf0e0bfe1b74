using System.Text;
using Loom.Cli.Settings;
using Loom.Configuration;

namespace Loom.Cli.Tests.Config;

/// <summary>One setting changes; comments, order, indentation and line ends stay as somebody wrote them.</summary>
public sealed class SettingsTextTests
{
    [Theory]
    [InlineData("", "logging.level", "\"debug\"", "{\n  \"logging\": { \"level\": \"debug\" }\n}\n")]
    [InlineData("{}", "data", "\"x\"", "{ \"data\": \"x\" }")]
    [InlineData("{ \"data\": \"a\" }", "data", "\"b\"", "{ \"data\": \"b\" }")]
    [InlineData("{ \"data\": \"a\" }", "samples", "false", "{ \"data\": \"a\", \"samples\": false }")]
    [InlineData("{\"logging.level\": \"error\"}", "logging.level", "\"debug\"", "{\"logging.level\": \"debug\"}")]
    [InlineData("{\n  // where\n  \"data\": \"a\" // here\n}\n", "samples", "false", "{\n  // where\n  \"data\": \"a\", // here\n  \"samples\": false\n}\n")]
    [InlineData("{\n  \"data\": \"a\", /* , */\n}\n", "samples", "false", "{\n  \"data\": \"a\", /* , */\n  \"samples\": false,\n}\n")]
    [InlineData("{\n  \"data\": \"a\" /* , */\n}\n", "samples", "false", "{\n  \"data\": \"a\", /* , */\n  \"samples\": false\n}\n")]
    [InlineData("{\n\t\"logging\": {\n\t\t\"format\": \"text\"\n\t}\n}", "logging.level", "\"debug\"", "{\n\t\"logging\": {\n\t\t\"format\": \"text\",\n\t\t\"level\": \"debug\"\n\t}\n}")]
    [InlineData("{\r\n  \"data\": \"a\"\r\n}\r\n", "samples", "false", "{\r\n  \"data\": \"a\",\r\n  \"samples\": false\r\n}\r\n")]
    [InlineData("{\n  // nothing yet\n}\n", "data", "\"a\"", "{\n  // nothing yet\n  \"data\": \"a\"\n}\n")]
    [InlineData("{ \"machines\": [\"a\", \"b\"], \"data\": \"x\" }", "machines", "[\"c\"]", "{ \"machines\": [\"c\"], \"data\": \"x\" }")]
    [InlineData("{\n  \"logging\": { \"format\": \"text\" },\n  \"data\": \"a\"\n}\n", "logging.level", "\"debug\"", "{\n  \"logging\": { \"format\": \"text\", \"level\": \"debug\" },\n  \"data\": \"a\"\n}\n")]
    [InlineData("\uFEFF{ \"data\": \"ä\" }", "samples", "true", "\uFEFF{ \"data\": \"ä\", \"samples\": true }")]
    public void Only_the_setting_changes(string before, string name, string json, string after)
    {
        var written = SettingsText.Set(Encoding.UTF8.GetBytes(before), name, json);
        Assert.Equal(after, Encoding.UTF8.GetString(written));
        var (values, problems) = ConfigFile.Parse("loom.json", written);
        Assert.Empty(problems);
        Assert.Equal(json.Trim('"', '[', ']'), values[name].Text.Replace(";", "\", \"", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_setting_after_the_other_gives_a_file_that_holds_them_all()
    {
        byte[] file = [];
        foreach (var setting in ConfigSchema.All)
        {
            file = SettingsText.Set(file, setting.Name, SettingValue.ToJson(setting, setting.Kind == SettingKind.List ? ["a", "b"] : [setting.Default]));
        }

        var (values, problems) = ConfigFile.Parse("loom.json", file);
        Assert.Empty(problems);
        Assert.Equal(ConfigSchema.All.Select(s => (s.Name, s.Kind == SettingKind.List ? "a;b" : s.Default)), ConfigSchema.All.Select(s => (s.Name, values[s.Name].Text)));
    }
}
