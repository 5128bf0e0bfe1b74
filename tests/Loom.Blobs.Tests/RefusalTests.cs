using Loom.Blobs.Azure;
using Loom.Blobs.S3;
using Loom.Blobs.Tests.Servers;
using Loom.Journal.Blobs;
using Loom.Testing;

namespace Loom.Blobs.Tests;

/// <summary>What a caller is told when a store says no, or nothing; and that the servers of these tests do check.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private static readonly BlobName Name = BlobName.Of("commands", "x"u8);
    private readonly S3Server _s3 = new();
    private readonly AzureServer _azure = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public async Task InitializeAsync()
    {
        await _s3.StartAsync();
        await _azure.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _s3.DisposeAsync();
        await _azure.DisposeAsync();
    }

    private S3Options S3 => new() { Endpoint = _s3.Address, Bucket = S3Server.Bucket, Region = S3Server.Region, AccessKey = S3Server.AccessKey, SecretKey = S3Server.SecretKey };

    private AzureBlobStore Azure(IAzureAuthorization authorization, TimeProvider? time = null) =>
        new(new AzureBlobOptions { Container = new Uri(_azure.Address, $"/{AzureServer.Account}/{AzureServer.Container}"), Authorization = authorization }, _http, time ?? TimeProvider.System);

    [Fact]
    public async Task A_wrong_key_region_or_clock_is_forbidden_and_no_secret_is_told()
    {
        var wrong = new ManualTime(); // years away
        IBlobStore[] stores =
        [
            new S3BlobStore(S3 with { SecretKey = "another-secret" }, _http, TimeProvider.System),
            new S3BlobStore(S3 with { Region = "elsewhere" }, _http, TimeProvider.System),
            new S3BlobStore(S3, _http, wrong),
            Azure(new SharedKey(AzureServer.Account, Convert.ToBase64String(new byte[32]))),
            Azure(new SharedKey("another", AzureServer.Key)),
            Azure(new SharedKey(AzureServer.Account, AzureServer.Key), wrong),
            Azure(new EntraToken(new Uri(_azure.Address, "/t/oauth2/v2.0/token"), AzureServer.ClientId, "another-secret", _http, TimeProvider.System)),
        ];
        foreach (var store in stores)
        {
            foreach (var ask in (Func<Task>[])[() => store.PutAsync(Name, "x"u8.ToArray(), default), () => store.GetAsync(Name, default), () => store.FindAsync(Name, default), () => store.ListAsync("commands", null, 5, default), () => store.DeleteAsync(Name, default)])
            {
                var e = await Assert.ThrowsAsync<BlobException>(ask);
                Assert.Equal(BlobFailure.Forbidden, e.Failure);
                Assert.DoesNotContain("another-secret", e.ToString(), StringComparison.Ordinal);
            }
        }

        Assert.Empty(_s3.Objects);
        Assert.Empty(_azure.Objects);
        Assert.True(_s3.Refused > 0 && _azure.Refused > 0);
    }

    [Theory]
    [InlineData(500, BlobFailure.Unavailable)]
    [InlineData(503, BlobFailure.Unavailable)]
    [InlineData(507, BlobFailure.Full)]
    [InlineData(403, BlobFailure.Forbidden)]
    public async Task A_server_in_trouble_is_named(int status, BlobFailure failure)
    {
        (_s3.Answer, _azure.Answer) = (status, status);
        foreach (var store in (IBlobStore[])[new S3BlobStore(S3, _http, TimeProvider.System), Azure(new SharedKey(AzureServer.Account, AzureServer.Key))])
        {
            var e = await Assert.ThrowsAsync<BlobException>(() => store.PutAsync(Name, "x"u8.ToArray(), default));
            Assert.Equal(failure, e.Failure);
            Assert.Contains($"{status}", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var store = new S3BlobStore(S3 with { Endpoint = new Uri("http://127.0.0.1:9") }, _http, TimeProvider.System);
        var e = await Assert.ThrowsAsync<BlobException>(() => store.GetAsync(Name, default));
        Assert.Equal(BlobFailure.Unavailable, e.Failure);
        Assert.Contains("127.0.0.1:9", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_above_the_limit_is_not_read_to_its_end()
    {
        _s3.Objects[Name.ToString()] = (new byte[5000], DateTimeOffset.UtcNow);
        var e = await Assert.ThrowsAsync<BlobException>(() => new S3BlobStore(S3 with { MaxBytes = 1000 }, _http, TimeProvider.System).GetAsync(Name, default));
        Assert.Equal(BlobFailure.TooLarge, e.Failure);
    }

    [Fact]
    public async Task A_token_is_kept_until_shortly_before_it_runs_out()
    {
        var time = new ManualTime();
        using var token = new EntraToken(new Uri(_azure.Address, "/t/oauth2/v2.0/token"), AzureServer.ClientId, AzureServer.ClientSecret, _http, time);
        var store = Azure(token);
        await store.PutAsync(Name, "x"u8.ToArray(), default);
        await store.GetAsync(Name, default);
        Assert.Equal(1, _azure.TokensGiven);
        time.Advance(TimeSpan.FromMinutes(56));
        await store.GetAsync(Name, default);
        Assert.Equal(2, _azure.TokensGiven);
    }

    /// <summary>The examples "GET Object" and "GET Bucket (List Objects)" of the published description of Signature Version 4.</summary>
    [Theory]
    [InlineData("/test.txt", "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("/?max-keys=2&prefix=J", null, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Signatures_are_those_of_the_published_examples(string target, string? range, string signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://examplebucket.s3.amazonaws.com" + target);
        if (range is not null)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        var options = new S3Options { Endpoint = new Uri("https://s3.amazonaws.com"), Bucket = "examplebucket", AccessKey = "AKIAIOSFODNN7EXAMPLE", SecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
        SigV4.Sign(request, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", options, new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero));
        Assert.EndsWith($"Signature={signature}", request.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
    }
}
