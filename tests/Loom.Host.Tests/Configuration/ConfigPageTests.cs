using Loom.Hosting.Configuration;
using Loom.Testing;

namespace Loom.Host.Tests.Configuration;

/// <summary><c>docs/configuration.md</c> is what the schema says; LOOM_UPDATE=1 writes it anew.</summary>
public sealed class ConfigPageTests
{
    [Fact]
    public async Task The_page_of_settings_is_the_schema()
    {
        var path = Path.Combine(TestData.Root, "docs", "configuration.md");
        if (Environment.GetEnvironmentVariable("LOOM_UPDATE") == "1")
        {
            await File.WriteAllTextAsync(path, ConfigPage.Write());
        }

        Assert.True(File.Exists(path), $"{path} is missing; run this test with LOOM_UPDATE=1.");
        Assert.Equal(ConfigPage.Write(), (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n"));
    }
}
