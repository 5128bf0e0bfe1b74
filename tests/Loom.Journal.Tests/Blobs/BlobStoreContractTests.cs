using Loom.Contracts;
using Loom.Journal.Blobs;

namespace Loom.Journal.Tests.Blobs;

public sealed class MemoryBlobStoreContractTests : BlobStoreContract
{
    private readonly MemoryBlobStore _store = new(maxBytes: Limit);

    protected override Task<IBlobStore> CreateAsync() => Task.FromResult<IBlobStore>(_store);

    protected override Task DamageAsync(BlobName name, byte[] content)
    {
        _store.Damage(name, content);
        return Task.CompletedTask;
    }
}

public sealed class FileBlobStoreContractTests : BlobStoreContract
{
    private readonly TemporaryFolder _folder = new();
    private FileBlobStore _store = null!;

    protected override Task<IBlobStore> CreateAsync() =>
        Task.FromResult<IBlobStore>(_store = new FileBlobStore(Path.Combine(_folder.Path, "blobs"), Limit));

    protected override Task DamageAsync(BlobName name, byte[] content) => File.WriteAllBytesAsync(_store.PathOf(name), content);

    public override Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>A cache promises what its store promises; one so small that it holds nothing cannot hide the store's damage.</summary>
public sealed class CachedBlobStoreContractTests : BlobStoreContract
{
    private readonly MemoryBlobStore _store = new(maxBytes: Limit);

    protected override Task<IBlobStore> CreateAsync() => Task.FromResult<IBlobStore>(new CachedBlobStore(_store, maxCachedBytes: 2_000));

    protected override Task DamageAsync(BlobName name, byte[] content)
    {
        _store.Damage(name, content);
        return Task.CompletedTask;
    }
}
