using Loom.Journal.Blobs;

namespace Loom.Blobs.S3;

/// <summary>Where blobs are kept in an object store that speaks S3 (AWS, MinIO, Ceph, …).</summary>
public sealed record S3Options
{
    /// <summary>The service's address, for example <c>https://s3.eu-central-1.amazonaws.com</c>; the bucket goes into the path.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The bucket; it has to exist. Nothing else is kept in it.</summary>
    public required string Bucket { get; init; }

    /// <summary>The region that signatures name.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The access key's id.</summary>
    public required string AccessKey { get; init; }

    /// <summary>The access key's secret; used for signatures only.</summary>
    public required string SecretKey { get; init; }

    /// <summary>The token of temporary credentials, or null.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Largest blob.</summary>
    public int MaxBytes { get; init; } = BlobChecks.DefaultMaxBytes;

    /// <summary>Without secrets, for logs.</summary>
    public override string ToString() => $"{Endpoint} {Bucket} ({Region})";
}
