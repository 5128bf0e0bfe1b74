using Loom.Journal.Blobs;

namespace Loom.Blobs.Azure;

/// <summary>Where blobs are kept in Azure Blob Storage (or Azurite).</summary>
public sealed record AzureBlobOptions
{
    /// <summary>The container's address, for example <c>https://ACCOUNT.blob.core.windows.net/loom</c>; it has to exist. Nothing else is kept in it.</summary>
    public required Uri Container { get; init; }

    /// <summary>How requests are authorised: <see cref="SharedKey"/> or <see cref="EntraToken"/>.</summary>
    public required IAzureAuthorization Authorization { get; init; }

    /// <summary>Largest blob.</summary>
    public int MaxBytes { get; init; } = BlobChecks.DefaultMaxBytes;
}

/// <summary>Puts what authorises it on a request whose other headers are complete. Thread-safe.</summary>
public interface IAzureAuthorization
{
    /// <summary>Adds the header Authorization.</summary>
    /// <exception cref="BlobException">No authorisation can be had now.</exception>
    ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
