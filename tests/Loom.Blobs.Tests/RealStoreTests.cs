using Loom.Blobs.Azure;
using Loom.Blobs.S3;
using Loom.Journal.Blobs;

namespace Loom.Blobs.Tests;

/// <summary>A test against a store that a variable names; reported as skipped, with what to set, where it is not set.</summary>
public sealed class StoreFactAttribute : FactAttribute
{
    public StoreFactAttribute(string variable, string form)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
        {
            Skip = $"needs a store: set {variable} to {form}";
        }
    }
}

/// <summary>The same calls against MinIO (or S3) and Azurite (or Azure), where one is named.</summary>
public sealed class RealStoreTests
{
    private const string S3 = "LOOM_TEST_S3", Azure = "LOOM_TEST_AZURE_BLOB";

    [StoreFact(S3, "ENDPOINT;BUCKET;REGION;ACCESSKEY;SECRETKEY")]
    public async Task S3_or_MinIO_keeps_lists_and_deletes()
    {
        var parts = Environment.GetEnvironmentVariable(S3)!.Split(';');
        using var http = new HttpClient();
        await TryAsync(new S3BlobStore(
            new S3Options { Endpoint = new Uri(parts[0]), Bucket = parts[1], Region = parts[2], AccessKey = parts[3], SecretKey = parts[4] }, http, TimeProvider.System));
    }

    [StoreFact(Azure, "CONTAINERURL;ACCOUNT;KEY")]
    public async Task Azure_or_Azurite_keeps_lists_and_deletes()
    {
        var parts = Environment.GetEnvironmentVariable(Azure)!.Split(';');
        using var http = new HttpClient();
        await TryAsync(new AzureBlobStore(
            new AzureBlobOptions { Container = new Uri(parts[0]), Authorization = new SharedKey(parts[1], parts[2]) }, http, TimeProvider.System));
    }

    private static async Task TryAsync(IBlobStore store)
    {
        var area = $"test/{Guid.NewGuid():N}";
        var names = new List<BlobName>();
        for (var i = 0; i < 20; i++)
        {
            var content = BitConverter.GetBytes(i);
            names.Add(BlobName.Of(area, content));
            await store.PutAsync(names[i], content, default);
            Assert.Equal(content, (await store.GetAsync(names[i], default))!.Value.ToArray());
        }

        Assert.Equal([area], await store.ListAreasAsync(area, default));
        var listed = new List<BlobName>();
        while (await store.ListAsync(area, listed.Count == 0 ? null : listed[^1].Content, 7, default) is { Count: > 0 } page)
        {
            listed.AddRange(page.Select(b => b.Name));
        }

        Assert.Equal(names.Order(), listed);
        foreach (var name in names)
        {
            Assert.True(await store.DeleteAsync(name, default));
            Assert.Null(await store.FindAsync(name, default));
        }
    }
}
