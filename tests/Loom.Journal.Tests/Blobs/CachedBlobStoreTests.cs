using Loom.Journal.Blobs;
using Loom.Testing;

namespace Loom.Journal.Tests.Blobs;

public sealed class CachedBlobStoreTests
{
    private readonly MemoryBlobStore _store = new();

    [Fact]
    public async Task The_least_recently_used_blob_goes_first_and_everything_is_counted()
    {
        var cache = new CachedBlobStore(_store, maxCachedBytes: 400);
        var (a, b, c, d, e) = (await StoredAsync(1), await StoredAsync(2), await StoredAsync(3), await StoredAsync(4), await StoredAsync(5));
        foreach (var name in new[] { a, b, c, d, a })
        {
            await cache.GetAsync(name, default);
        }

        Assert.Equal(new BlobCacheStatistics(Hits: 1, Misses: 4, Evictions: 0, Bytes: 400), cache.Statistics);
        await cache.GetAsync(e, default); // puts out b: a was used since
        Assert.Equal(new BlobCacheStatistics(1, 5, 1, 400), cache.Statistics);
        await cache.GetAsync(a, default);
        await cache.GetAsync(b, default);
        Assert.Equal(new BlobCacheStatistics(2, 6, 2, 400), cache.Statistics);
    }

    [Fact]
    public async Task What_is_put_is_held_what_is_deleted_is_not_and_a_large_blob_never()
    {
        var cache = new CachedBlobStore(_store, maxCachedBytes: 400);
        var content = new byte[100];
        var name = BlobName.Of("commands", content);
        await cache.PutAsync(name, content, default);
        await cache.GetAsync(name, default);
        Assert.Equal(new BlobCacheStatistics(1, 0, 0, 100), cache.Statistics);

        Assert.True(await cache.DeleteAsync(name, default));
        Assert.Null(await cache.GetAsync(name, default));
        Assert.Equal(0, cache.Statistics.Bytes);

        var large = new byte[101];
        await cache.PutAsync(BlobName.Of("commands", large), large, default);
        Assert.Equal(0, cache.Statistics.Bytes);
        Assert.NotNull(await cache.GetAsync(BlobName.Of("commands", large), default));
    }

    [Fact]
    public async Task The_bound_holds_whatever_happens()
    {
        var random = new Random(Seeds.First("blob cache"));
        var cache = new CachedBlobStore(_store, maxCachedBytes: 10_000);
        var names = new List<BlobName>();
        for (var i = 0; i < 5_000; i++)
        {
            var content = new byte[random.Next(4_000)];
            random.NextBytes(content);
            switch (random.Next(4))
            {
                case 0:
                    names.Add(BlobName.Of("commands", content));
                    await cache.PutAsync(names[^1], content, default);
                    break;
                case 1 when names.Count > 0 && random.Next(4) == 0:
                    await cache.DeleteAsync(names[random.Next(names.Count)], default);
                    break;
                case > 0 when names.Count > 0:
                    await cache.GetAsync(names[random.Next(names.Count)], default);
                    break;
            }

            Assert.InRange(cache.Statistics.Bytes, 0, 10_000);
        }

        Assert.True(cache.Statistics is { Hits: > 0, Misses: > 0, Evictions: > 0 });
    }

    private async Task<BlobName> StoredAsync(byte mark)
    {
        var content = new byte[100];
        content[0] = mark;
        await _store.PutAsync(BlobName.Of("commands", content), content, default);
        return BlobName.Of("commands", content);
    }
}
