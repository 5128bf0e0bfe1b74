namespace Loom.Cli.Tests.Online;

/// <summary>One running host for the tests that only add actors of their own.</summary>
public sealed class HostFixture : IAsyncLifetime, IDisposable
{
    public Folder Folder { get; } = new();

    public RunningHost Host { get; private set; } = null!;

    public string Published => Folder["published.note"];

    public async Task InitializeAsync()
    {
        var config = Folder.Write("loom.json", $$"""{ "log": { "publish": "{{Published}}" }, "logging": { "level": "warning" } }""");
        Host = await RunningHost.LoomRunAsync(Folder["data"], "--config", config);
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    public void Dispose() => Folder.Dispose();
}

[CollectionDefinition(Name)]
public sealed class HostCollection : ICollectionFixture<HostFixture>
{
    public const string Name = "one running host";
}
