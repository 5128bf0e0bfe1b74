using System.Diagnostics;
using Loom.Cli.Templates;
using Loom.Testing;

namespace Loom.Cli.Tests;

/// <summary>What <c>loom new machine</c> makes builds and passes its test outside the repository, against a packed Loom.Core.</summary>
public sealed class MachineTemplateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("loom-template").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_new_machine_builds_and_passes_its_test_against_the_package()
    {
        // A version of its own, so that no cached package of an earlier run is taken.
        var version = $"0.0.0-t{Guid.NewGuid():N}";
        var feed = Path.Combine(_folder, "feed");
        await DotNetAsync(TestData.Root, "pack", "src/Loom.Core", "--artifacts-path", Path.Combine(_folder, "artifacts"), "-o", feed, $"-p:Version={version}");

        var target = Path.Combine(_folder, "Parcel");
        var files = await MachineTemplate.WriteAsync(target, "parcel", version, default);
        Assert.Equal(
            ["README.md", "src/Parcel.csproj", "src/ParcelMachine.cs", "tests/Parcel.Tests.csproj", "tests/ParcelTests.cs"],
            files.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(files, f => File.ReadAllText(Path.Combine(target, f)).Contains("oomMachine", StringComparison.Ordinal));

        await File.WriteAllTextAsync(
            Path.Combine(target, "nuget.config"),
            $"""<configuration><packageSources><add key="local" value="{feed}" /></packageSources></configuration>""");
        var output = await DotNetAsync(target, "test", "tests", "--nologo");
        Assert.Contains("Passed:     2", output, StringComparison.Ordinal);

        var cached = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages", "loom.core", version);
        if (Directory.Exists(cached))
        {
            Directory.Delete(cached, recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("my-machine")]
    [InlineData("é")]
    public async Task A_name_that_makes_no_actor_type_is_refused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => MachineTemplate.WriteAsync(Path.Combine(_folder, "x"), name, "0.1.0", default));

    [Fact]
    public async Task A_folder_that_holds_something_is_left_alone()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "mine.txt"), "mine");
        await Assert.ThrowsAsync<IOException>(() => MachineTemplate.WriteAsync(_folder, "parcel", "0.1.0", default));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
    }

    private static async Task<string> DotNetAsync(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) && k != "MSBUILDDISABLENODEREUSE").ToArray())
        {
            start.Environment.Remove(name); // what the test host's own build left behind
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {output}{await error}");
        return output;
    }
}
