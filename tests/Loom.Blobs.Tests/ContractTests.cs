using Loom.Blobs.Azure;
using Loom.Blobs.S3;
using Loom.Blobs.Tests.Servers;
using Loom.Contracts;
using Loom.Journal.Blobs;

namespace Loom.Blobs.Tests;

/// <summary>The contract over a server of the protocol that checks every signature.</summary>
public abstract class ServedContract : BlobStoreContract
{
    private protected abstract LocalServer Server { get; }

    protected HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false });

    protected override async Task<IBlobStore> CreateAsync()
    {
        await Server.StartAsync();
        return Open();
    }

    protected abstract IBlobStore Open();

    protected override Task DamageAsync(BlobName name, byte[] content)
    {
        Server.Objects[name.ToString()] = (content, DateTimeOffset.UtcNow);
        return Task.CompletedTask;
    }

    public override async Task DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }
}

public sealed class S3ContractTests : ServedContract
{
    private protected override LocalServer Server { get; } = new S3Server();

    protected override IBlobStore Open() => new S3BlobStore(
        new S3Options
        {
            Endpoint = Server.Address,
            Bucket = S3Server.Bucket,
            Region = S3Server.Region,
            AccessKey = S3Server.AccessKey,
            SecretKey = S3Server.SecretKey,
            MaxBytes = Limit,
        },
        Http, TimeProvider.System);
}

public sealed class AzureSharedKeyContractTests : ServedContract
{
    private protected override LocalServer Server { get; } = new AzureServer();

    protected override IBlobStore Open() => new AzureBlobStore(
        new AzureBlobOptions
        {
            Container = new Uri(Server.Address, $"/{AzureServer.Account}/{AzureServer.Container}"),
            Authorization = new SharedKey(AzureServer.Account, AzureServer.Key),
            MaxBytes = Limit,
        },
        Http, TimeProvider.System);
}

public sealed class AzureTokenContractTests : ServedContract
{
    private protected override LocalServer Server { get; } = new AzureServer();

    protected override IBlobStore Open() => new AzureBlobStore(
        new AzureBlobOptions
        {
            Container = new Uri(Server.Address, $"/{AzureServer.Account}/{AzureServer.Container}"),
            Authorization = new EntraToken(new Uri(Server.Address, "/tenant/oauth2/v2.0/token"), AzureServer.ClientId, AzureServer.ClientSecret, Http, TimeProvider.System),
            MaxBytes = Limit,
        },
        Http, TimeProvider.System);
}
