using System.Text;
using Loom.Core;
using Loom.Journal.Blobs;
using Xunit;

namespace Loom.Contracts;

/// <summary>
/// What every blob store promises, by the numbers in <see cref="IBlobStore"/>. Derive it per implementation; each test gets a store of its own.
/// </summary>
public abstract class BlobStoreContract : IAsyncLifetime
{
    /// <summary>The store's limit in these tests.</summary>
    protected const int Limit = 200_000;

    protected IBlobStore Store { get; private set; } = null!;

    protected static CancellationToken None => CancellationToken.None;

    /// <summary>An empty store that takes blobs of at most <see cref="Limit"/> bytes.</summary>
    protected abstract Task<IBlobStore> CreateAsync();

    /// <summary>Replaces what is stored, behind the store's back.</summary>
    protected abstract Task DamageAsync(BlobName name, byte[] content);

    public virtual async Task InitializeAsync() => Store = await CreateAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(Limit)]
    public async Task What_was_put_comes_back(int length)
    {
        var content = Content(length, seed: 1);
        var name = BlobName.Of("commands", content);
        await Store.PutAsync(name, content, None);

        Assert.Equal(content, (await Store.GetAsync(name, None))!.Value.ToArray());
        Assert.Equal((name, length), await Found(name));
    }

    [Fact]
    public async Task An_absent_blob_is_null_and_deleting_it_says_so()
    {
        var name = BlobName.Of("commands", "never put"u8);
        Assert.Null(await Store.GetAsync(name, None));
        Assert.Null(await Store.FindAsync(name, None));
        Assert.False(await Store.DeleteAsync(name, None));
        Assert.Empty(await Store.ListAreasAsync("", None));
        Assert.Empty(await Store.ListAsync("commands", null, 10, None));
    }

    [Fact]
    public async Task The_callers_buffer_is_its_own_again()
    {
        var content = Content(100, seed: 2);
        var name = BlobName.Of("commands", content);
        await Store.PutAsync(name, content, None);
        content[0] ^= 1;
        Assert.Equal(name.Content, Digest.Of((await Store.GetAsync(name, None))!.Value.Span));
    }

    [Fact]
    public async Task Content_that_does_not_match_its_hash_is_refused_on_put()
    {
        var name = BlobName.Of("commands", "this"u8);
        Assert.Equal(BlobFailure.WrongContent, await Fails(() => Store.PutAsync(name, "that"u8.ToArray(), None)));
        Assert.Null(await Store.GetAsync(name, None));
    }

    [Fact]
    public async Task Content_that_does_not_match_its_hash_is_refused_on_get_and_mended_by_putting_it_again()
    {
        var content = Content(5_000, seed: 3);
        var name = BlobName.Of("commands", content);
        await Store.PutAsync(name, content, None);
        foreach (var damaged in new[] { [.. content[..^1], (byte)(content[^1] ^ 1)], content[..^1], [.. content, (byte)0], [] })
        {
            await DamageAsync(name, damaged);
            var e = await Assert.ThrowsAsync<BlobException>(() => Store.GetAsync(name, None));
            Assert.Equal(BlobFailure.WrongContent, e.Failure);
            Assert.Contains(name.ToString(), e.Message, StringComparison.Ordinal);
        }

        await Store.PutAsync(name, content, None);
        Assert.Equal(content, (await Store.GetAsync(name, None))!.Value.ToArray());
    }

    [Fact]
    public async Task A_blob_above_the_limit_is_neither_taken_nor_given()
    {
        Assert.Equal(Limit, Store.MaxBytes);
        var large = Content(Limit + 1, seed: 4);
        Assert.Equal(BlobFailure.TooLarge, await Fails(() => Store.PutAsync(BlobName.Of("commands", large), large, None)));
        Assert.Null(await Store.FindAsync(BlobName.Of("commands", large), None));
    }

    [Fact]
    public async Task Putting_twice_keeps_one_and_areas_keep_their_own()
    {
        var content = Content(300, seed: 5);
        await Store.PutAsync(BlobName.Of("commands", content), content, None);
        await Store.PutAsync(BlobName.Of("commands", content), content, None);
        await Store.PutAsync(BlobName.Of("proofs/case-1", content), content, None);

        Assert.Single(await Store.ListAsync("commands", null, 10, None));
        Assert.True(await Store.DeleteAsync(BlobName.Of("commands", content), None));
        Assert.Null(await Store.GetAsync(BlobName.Of("commands", content), None));
        Assert.NotNull(await Store.GetAsync(BlobName.Of("proofs/case-1", content), None));
        Assert.Equal(["proofs/case-1"], await Store.ListAreasAsync("", None));
    }

    [Fact]
    public async Task Areas_are_found_by_how_they_begin()
    {
        foreach (var area in new[] { "states/account", "commands", "proofs/b/2", "proofs/a", "proofs" })
        {
            var content = Encoding.UTF8.GetBytes(area);
            await Store.PutAsync(BlobName.Of(area, content), content, None);
        }

        Assert.Equal(["commands", "proofs", "proofs/a", "proofs/b/2", "states/account"], await Store.ListAreasAsync("", None));
        Assert.Equal(["proofs", "proofs/a", "proofs/b/2"], await Store.ListAreasAsync("proofs", None));
        Assert.Equal(["proofs/b/2"], await Store.ListAreasAsync("proofs/b", None));
        Assert.Empty(await Store.ListAreasAsync("x", None));
        Assert.Single(await Store.ListAsync("proofs", null, 10, None));
    }

    [Fact]
    public async Task Pages_give_each_blob_once_by_hash_with_its_length_and_time()
    {
        var before = DateTimeOffset.UtcNow.AddMinutes(-5);
        var names = new List<BlobName>();
        for (var i = 0; i < 60; i++)
        {
            var content = Content(i, seed: i);
            names.Add(BlobName.Of("activities", content));
            await Store.PutAsync(names[^1], content, None);
        }

        var listed = new List<BlobInfo>();
        while (await Store.ListAsync("activities", listed.Count == 0 ? null : listed[^1].Name.Content, 7, None) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= 7);
            listed.AddRange(page);
        }

        Assert.Equal(names.Order(), listed.Select(b => b.Name));
        Assert.All(listed, b => Assert.Equal(b.Name, BlobName.Of("activities", Content((int)b.Length, seed: (int)b.Length))));
        Assert.All(listed, b => Assert.InRange(b.Stored, before, DateTimeOffset.UtcNow.AddMinutes(5)));
    }

    [Fact]
    public async Task Many_at_once_do_not_disturb_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            var content = Content(2_000 + (i % 8), seed: i % 8);
            var name = BlobName.Of("commands", content);
            await Store.PutAsync(name, content, None);
            Assert.Equal(content, (await Store.GetAsync(name, None))!.Value.ToArray());
        })));
        Assert.Equal(8, (await Store.ListAsync("commands", null, 1000, None)).Count);
    }

    [Fact]
    public async Task A_cancelled_put_stores_nothing()
    {
        var content = Content(10, seed: 6);
        var name = BlobName.Of("commands", content);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync(name, content, new CancellationToken(canceled: true)));
        Assert.Null(await Store.FindAsync(name, None));
    }

    protected static byte[] Content(int length, int seed)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private async Task<(BlobName Name, int Length)> Found(BlobName name)
    {
        var info = Assert.IsType<BlobInfo>(await Store.FindAsync(name, None));
        return (info.Name, (int)info.Length);
    }

    private static async Task<BlobFailure> Fails(Func<Task> work) => (await Assert.ThrowsAsync<BlobException>(work)).Failure;
}
