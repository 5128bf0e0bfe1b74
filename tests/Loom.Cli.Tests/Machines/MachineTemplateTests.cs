using System.Reflection;
using Loom.Cli.Templates;
using Loom.Testing;

namespace Loom.Cli.Tests.Machines;

/// <summary>
/// A stranger's way to a machine, outside the repository: install the template's package, make a project with <c>dotnet new</c>, build and test
/// it against the packed Loom.Core, host it, and have the provenance of its first actor verified. <c>loom new machine</c> writes the same project.
/// </summary>
public sealed class MachineTemplateTests : IDisposable
{
    // A version of its own, so that no cached package of an earlier run is taken.
    private readonly string _version = $"0.0.0-t{Guid.NewGuid():N}";
    private readonly Folder _folder = new();
    private readonly Dictionary<string, string?> _build = new() { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_NOLOGO"] = "1" };

    public MachineTemplateTests()
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(k => k.StartsWith("MSBuild", StringComparison.Ordinal)))
        {
            _build[name] = null; // what the test host's own build left behind
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        var cached = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages", "loom.core", _version);
        if (Directory.Exists(cached))
        {
            Directory.Delete(cached, recursive: true);
        }
    }

    [Fact]
    public async Task A_machine_made_from_the_packages_builds_passes_its_test_and_runs()
    {
        await PackAsync("src/Loom.Core");
        await PackAsync("infra/templates");
        var project = await NewAsync();
        await SameAsLoomNewAsync(project);

        _folder.Write("Parcel/nuget.config", $"""<configuration><packageSources><add key="local" value="{_folder["feed"]}" /></packageSources></configuration>""");
        var tested = (await ChildOf.DotNetAsync(project, _build, "test", "--nologo")).Good();
        Assert.Contains("Passed:     2", tested, StringComparison.Ordinal);

        await RunAsync(Path.Combine(project, "src", "bin", "Debug", "net10.0", "Parcel.dll"));
    }

    [Fact]
    public void The_template_refers_to_this_version_of_Loom()
    {
        var version = typeof(MachineTemplate).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var template = Path.Combine(TestData.Root, "src", "Loom.Cli", "Templates", "machine");
        Assert.Contains($"Include=\"Loom.Core\" Version=\"{version}\"", File.ReadAllText(Path.Combine(template, "src", "LoomMachine.csproj")), StringComparison.Ordinal);
        Assert.Contains($"\"defaultValue\": \"{version}\", \"replaces\": \"{version}\"", File.ReadAllText(Path.Combine(template, ".template.config", "template.json")), StringComparison.Ordinal);
    }

    private async Task PackAsync(string project) => (await ChildOf.DotNetAsync(
        TestData.Root, _build, "pack", project, "--nologo", "-v", "q", "--artifacts-path", _folder["artifacts"], "-o", _folder["feed"], $"-p:Version={_version}")).Good();

    /// <summary>With a home of its own for dotnet's templates: nothing is installed for whoever runs the tests.</summary>
    private async Task<string> NewAsync()
    {
        var apart = new Dictionary<string, string?>(_build) { ["DOTNET_CLI_HOME"] = _folder["home"], ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1" };
        (await ChildOf.DotNetAsync(_folder.Root, apart, "new", "install", _folder[$"feed/Loom.Templates.{_version}.nupkg"])).Good();
        (await ChildOf.DotNetAsync(_folder.Root, apart, "new", "loom-machine", "--name", "Parcel", "--loomVersion", _version)).Good();
        return _folder["Parcel"];
    }

    private async Task SameAsLoomNewAsync(string project)
    {
        var files = await MachineTemplate.WriteAsync(_folder["again"], "parcel", _version, default);
        Assert.Equal(
            ["Parcel.slnx", "README.md", "src/Parcel.csproj", "src/ParcelMachine.cs", "tests/Parcel.Tests.csproj", "tests/ParcelTests.cs"],
            files.Order(StringComparer.Ordinal));
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.EnumerateFiles(project, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(project, f)).Order(StringComparer.Ordinal));
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(Path.Combine(project, file));
            Assert.Equal(await File.ReadAllTextAsync(_folder[$"again/{file}"]), text);
            Assert.DoesNotContain("oomMachine", text, StringComparison.Ordinal);
        }
    }

    private async Task RunAsync(string machine)
    {
        await using var host = await RunningHost.LoomRunAsync(_folder["data"], "--machines", machine);
        (await host.LoomAsync("send", "parcel-1", "create", """{"title":"Try it"}""")).Good();
        var no = await host.LoomAsync("send", "parcel-1", "create", """{"title":"Again"}""");
        Assert.Equal((1, true), (no.Exit, no.Error.Contains("rejected: exists", StringComparison.Ordinal)));
        Assert.Contains("parcel-1  open", (await host.LoomAsync("show", "parcel-1")).Good(), StringComparison.Ordinal);
        (await host.LoomAsync("export", "parcel-1", "-o", _folder["parcel.loom"])).Good();
        (await host.LoomAsync("trust", "export", "-o", _folder["trust.json"])).Good();
        Assert.Contains("every required claim holds", (await Ran.LoomAsync("verify", _folder["parcel.loom"], "--trust", _folder["trust.json"])).Good(), StringComparison.Ordinal);
    }
}
