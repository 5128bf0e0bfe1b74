namespace Loom.Host.Tests;

/// <summary>A folder of one test, gone when the test is over.</summary>
public sealed class Folder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("loom-host-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
