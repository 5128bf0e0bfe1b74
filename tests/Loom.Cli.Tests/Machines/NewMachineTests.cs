using Loom.Testing;

namespace Loom.Cli.Tests.Machines;

/// <summary><c>loom new machine</c>: what it writes, says and refuses. That it builds is <see cref="MachineTemplateTests"/>.</summary>
public sealed class NewMachineTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_writes_the_project_and_says_what_to_do_next()
    {
        var folder = _folder["Parcel"];
        var said = (await Ran.LoomAsync("new", "machine", "parcel", "--output", folder)).Good();
        Assert.Contains($"Made Parcel in {folder}:", said, StringComparison.Ordinal);
        Assert.Contains($"  dotnet test {folder}   #", said, StringComparison.Ordinal);
        Assert.Contains($"run --machines {Path.Combine(folder, "src", "bin", "Debug", "net10.0", "Parcel.dll")}", said, StringComparison.Ordinal);
        Assert.Contains("send parcel-1 create '{\"title\":\"Try it\"}'", said, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(TestData.Root, "src", "Loom.Core", "Loom.Core.csproj"), await File.ReadAllTextAsync(Path.Combine(folder, "src", "Parcel.csproj")), StringComparison.Ordinal);
        Assert.Contains("Path=\"src/Parcel.csproj\"", await File.ReadAllTextAsync(Path.Combine(folder, "Parcel.slnx")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lists_the_files()
    {
        var made = (await Ran.LoomAsync("new", "machine", "Parcel", "--output", _folder["p"], "--core", "1.2.3", "--json")).Json();
        Assert.Equal(6, made.GetProperty("files").GetArrayLength());
        Assert.Contains("""Include="Loom.Core" Version="1.2.3" """.Trim(), await File.ReadAllTextAsync(_folder["p/src/Parcel.csproj"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("my-machine")]
    [InlineData("é")]
    [InlineData("../x")]
    [InlineData("System")]
    [InlineData("account")]
    public async Task A_name_that_makes_no_actor_type_or_is_taken_is_refused(string name)
    {
        var ran = await Ran.LoomAsync("new", "machine", name, "--output", _folder["x"]);
        Assert.Equal(64, ran.Exit);
        Assert.Contains("cannot be a machine's name.", ran.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Root));
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_left_alone()
    {
        _folder.Write("mine.txt", "mine");
        var ran = await Ran.LoomAsync("new", "machine", "Parcel", "--output", _folder.Root);
        Assert.Equal(64, ran.Exit);
        Assert.Contains("is not empty", ran.Error, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Root));
    }
}
